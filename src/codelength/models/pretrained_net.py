"""A causal language model of transformers as a function from ids to logits: loading it, asking it, training it a step.

    logits          one call on a whole window, for code lengths
    Steps           one id a call with a key-value cache, the same calls at both ends of a wire
    trained         one step of gradient descent on the mean of −ln p, its norm clipped to 1 (Krause et al. 2018)

Nothing is fetched unless that is allowed, and no code that comes with a model is run. What a coder repeats runs on one
thread: sums over two threads differ in their last bits from those over one.
"""

import contextlib
import copy
import hashlib
import importlib
import inspect
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import transformers

from codelength.errors import OptionError, SourceError, UnknownNameError, UsageError
from codelength.models.pretrained_vocabulary import HuggingFaceTokenizer
from codelength.units import BITS_PER_BYTE

DTYPES: dict[str, torch.dtype] = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}

Logits = npt.NDArray[np.float32]

_POSITIONS = ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length")
_CLIP = 1.0
_ROUNDING = 1e-4  # of the largest logit, by which two calls of one shape may differ
_HUB_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")


@dataclass(frozen=True, slots=True)
class Loading:
    """How a model is loaded: numbers of this type on this device, from this machine only unless told otherwise.

    Raises OptionError for another type than float32, bfloat16 and float16.
    """

    dtype: str = "float32"
    device: str = "cpu"
    local_files_only: bool = True

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise OptionError(f"hf: dtype={self.dtype} is unknown; use {', '.join(DTYPES)}")


class Source:
    """A named model before its weights are loaded: configuration, tokenizer, size.

    Raises UnknownNameError where there is no such model, UsageError where it is no causal language model.
    """

    def __init__(self, name: str, loading: Loading) -> None:
        self.name, self.loading = name, loading
        self.config: Any = self._load(transformers.AutoConfig, "configuration")
        if loading.device.startswith("cuda") and not torch.cuda.is_available():
            raise UsageError(f"hf: device={loading.device} is not there: torch sees no such device; use device=cpu")
        try:
            self.parameters = count_parameters(self.config)
        except (ValueError, ImportError) as error:
            raise UsageError(f"hf: {name} is no causal language model of transformers: {_first_line(error)}") from error

    @property
    def positions(self) -> int | None:
        """The longest input, in tokens; None where the configuration does not say."""
        text_config = self.config.get_text_config()
        found = (getattr(text_config, key, None) for key in _POSITIONS)
        return next((value for value in found if isinstance(value, int) and value > 0), None)

    @property
    def stored_bits(self) -> int:
        """Bits of one parameter: as stored, or as used where that is less.

        The type that config.json names; 32 bits where it names none.
        """
        stored = getattr(self.config, "dtype", None)
        stored = stored if isinstance(stored, torch.dtype) else DTYPES.get(str(stored), torch.float32)
        return BITS_PER_BYTE * min(stored.itemsize, DTYPES[self.loading.dtype].itemsize)

    def tokenizer(self) -> HuggingFaceTokenizer:
        """The tokenizer; UnknownNameError where it is missing."""
        tokenizer: HuggingFaceTokenizer = self._load(transformers.AutoTokenizer, "tokenizer")
        return tokenizer

    def start_token(self, tokenizer: HuggingFaceTokenizer) -> int | None:
        """The id that stands before a text: the tokenizer's or configuration's first token, else its last; or None."""
        for owner, key in (
            *((tokenizer, "bos_token_id"), (self.config.get_text_config(), "bos_token_id")),
            *((tokenizer, "eos_token_id"), (self.config.get_text_config(), "eos_token_id")),
        ):
            token = getattr(owner, key, None)
            if isinstance(token, int) and 0 <= token < self.width:
                return token
        return None

    @property
    def width(self) -> int:
        """How many logits the net gives."""
        return int(self.config.get_text_config().vocab_size)

    def net(self) -> "Net":
        """The net with its weights; SourceError where they are damaged or incomplete."""
        module, info = self._load(
            transformers.AutoModelForCausalLM,
            "weights",
            output_loading_info=True,
            dtype=DTYPES[self.loading.dtype],
        )
        missing = sorted(info.get("missing_keys") or ()) + sorted(map(str, info.get("mismatched_keys") or ()))
        if missing:
            raise SourceError(f"hf: {self.name} lacks weights, such as {missing[0]}; they would be random numbers")
        module.to(self.loading.device).eval()
        net = Net(module, self.loading.device)
        if not net.is_causal(self.width):
            raise UsageError(
                f"hf: {self.name} looks ahead: its predictions change with later tokens; it can send nothing"
            )
        return net

    def _load(self, loader: Any, what: str, **options: Any) -> Any:
        local, place = (
            self.loading.local_files_only,
            str(Path(self.name).expanduser()) if "~" in self.name else self.name,
        )
        try:
            with _quiet():
                return loader.from_pretrained(place, local_files_only=local, trust_remote_code=False, **options)
        except MemoryError:
            raise
        except Exception as error:  # transformers raises whatever its formats' readers do
            if what == "weights" and not isinstance(error, OSError):
                raise SourceError(f"hf: the weights of {self.name} cannot be read: {_first_line(error)}") from error
            raise _unknown(self.name, what, local, error) from error


def count_parameters(config: Any) -> int:
    """How many weights a causal language model of this configuration has, shared ones once; none is made.

    Raises ValueError for a configuration that is of no such model.

    >>> count_parameters(transformers.GPT2Config())  # the smallest GPT-2, "124M"
    124439808
    """
    loader: Any = transformers.AutoModelForCausalLM
    with torch.device("meta"), _quiet():
        hollow = loader.from_config(config, trust_remote_code=False)
    return sum(int(parameter.numel()) for parameter in hollow.parameters())


class Net:
    """A net that nobody changes: training gives another one."""

    def __init__(self, module: Any, device: str) -> None:
        self._module, self._device = module, device
        self._keeps = "logits_to_keep" in inspect.signature(module.forward).parameters

    def is_causal(self, width: int) -> bool:
        """Whether what it says behind a token stays when later tokens change, as in an encoder it would not."""
        one, other = ([place % width for place in (1, 2, 3, 4, last, last + 1)] for last in (5, 7))
        before, after = self.logits(one, 6)[:4], self.logits(other, 6)[:4]
        return bool(np.abs(before - after).max() <= _ROUNDING * max(1.0, float(np.abs(before).max())))

    def logits(self, tokens: Sequence[int], keep: int) -> Logits:
        """Logits behind each of the last `keep` tokens, float32 [keep, width], in one call."""
        with torch.inference_mode():
            output = self._module(self._ids(tokens), use_cache=False, **self._keep(keep))
        return _numbers(output.logits[0, -keep:])

    def fingerprint(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of all weights, by name, as they are used."""
        digest = hashlib.sha256()
        for name, weights in sorted(self._module.state_dict().items()):
            digest.update(f"{name} {tuple(weights.shape)} {weights.dtype}\n".encode())
            digest.update(weights.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
        return digest.hexdigest()[:16]

    def steps(self) -> "Steps":
        """The net for one token after the other."""
        return Steps(self._module, self._ids, self._keep(1))

    def trained(self, windows: Sequence[tuple[Sequence[int], Sequence[int]]], rate: float) -> "Net":
        """The net after one step of gradient descent for each (context, tokens); the loss is that of tokens."""
        module = copy.deepcopy(self._module)
        parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
        with one_thread(), torch.enable_grad():
            for context, tokens in windows:
                known = [*context, *tokens][:-1]
                targets = tokens[1:] if not context else tokens
                if not known or not targets:
                    continue
                logits = module(self._ids(known), use_cache=False).logits[0, -len(targets) :]
                loss = torch.nn.functional.cross_entropy(logits.float(), self._ids(targets)[0])
                gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
                _descend(parameters, gradients, rate)
        return Net(module, self._device)

    def _keep(self, rows: int) -> dict[str, int]:
        """Spares a net that can leave them out the logits that nobody looks at."""
        return {"logits_to_keep": rows} if self._keeps else {}

    def _ids(self, tokens: Sequence[int]) -> torch.Tensor:
        return torch.tensor([list(tokens)], dtype=torch.long, device=self._device)  # [1, time]


class Steps:
    """One token a call, with a key-value cache where the net has one."""

    def __init__(self, module: Any, ids: Callable[[Sequence[int]], torch.Tensor], keep: dict[str, int]) -> None:
        self._module, self._ids, self._keep = module, ids, keep
        self._cache: Any = None
        self._seen: list[int] = []

    def feed(self, tokens: Sequence[int]) -> Logits:
        """Logits behind the last of these tokens, float32 [width]."""
        self._seen += tokens
        with torch.inference_mode():
            new = tokens if self._cache is not None else self._seen
            output = self._module(self._ids(new), past_key_values=self._cache, use_cache=True, **self._keep)
        self._cache = getattr(output, "past_key_values", None)
        numbers: Logits = _numbers(output.logits[0, -1])
        return numbers


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """torch on one thread, as a coder needs it."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _descend(parameters: Sequence[torch.Tensor], gradients: Sequence[torch.Tensor | None], rate: float) -> None:
    norm = torch.sqrt(sum((g.double().square().sum() for g in gradients if g is not None), torch.zeros(())))
    scale = rate * min(1.0, _CLIP / max(float(norm), 1e-12))
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            if gradient is not None:
                parameter.sub_(gradient, alpha=scale)


def _numbers(logits: torch.Tensor) -> Logits:
    numbers: Logits = logits.float().cpu().numpy()
    return numbers


def _unknown(name: str, what: str, local: bool, error: Exception) -> UnknownNameError:
    if not _HUB_NAME.fullmatch(name) or Path(name).expanduser().is_dir():
        return UnknownNameError(
            f"hf: {name!r} is no folder with the {what} of a model; save_pretrained writes one ({_first_line(error)})"
        )
    where, allow = (" on this machine", f"or hf:{name},local_files_only=false to fetch it ") if local else ("", "")
    return UnknownNameError(
        f"hf: the {what} of {name!r} cannot be had{where}; write the path of a folder that save_pretrained wrote, "
        f"{allow}({_first_line(error)})"
    )


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return json.dumps(text.splitlines()[0][:200], ensure_ascii=False)[1:-1]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """transformers without its bars and remarks, which are put back as they were."""
    logging: Any = importlib.import_module("transformers.utils.logging")
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
