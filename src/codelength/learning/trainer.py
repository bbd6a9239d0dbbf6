"""A callback for the Hugging Face Trainer (extra `hf`): what its training data cost before each update, exactly.

The Trainer logs the mean loss over its logging steps, scaled for gradient accumulation and rounded; label smoothing and
auxiliary losses are in it. So this callback looks at the model itself: a forward hook sees every batch in training
mode, which the optimizer has not seen yet, and prices its labels by the model's own logits,

    Σ −log p(label_i | labels before)        over all labels that are not −100, in float32, added in float64

A causal model does not predict the first label of a row: it is paid at log(vocabulary) where it is no −100. Batches of
one accumulated update are all priced by the weights before it. Passes over data seen before are not added.
"""

from collections.abc import Callable, Mapping
from typing import Any

from codelength.errors import UsageError
from codelength.learning.meter import PrequentialMeter

try:
    import torch
    from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
except ImportError as error:
    raise UsageError(f"the callback needs {error.name}, which is not installed; pip install 'codelength[hf]'") from None

IGNORED = -100  # the label of positions without a target
RawBytes = Callable[[Mapping[str, Any]], float]  # the raw bytes of a batch, from what the model was given


class PrequentialCallback(TrainerCallback):
    """`Trainer(..., callbacks=[PrequentialCallback(meter)])` adds every batch of the first epoch to a meter.

    `raw_bytes` tells the raw bytes of a batch from the model's keyword arguments. Raises UsageError where a batch has
    no labels or the output no logits [batch, time, vocabulary]. Later epochs flag the meter and are not added.
    """

    def __init__(self, meter: PrequentialMeter, *, raw_bytes: RawBytes | None = None) -> None:
        self.meter = meter
        self._raw_bytes = raw_bytes
        self._hook: torch.utils.hooks.RemovableHandle | None = None
        self._fresh = True

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Watch the model that is trained."""
        self._fresh = not state.epoch
        self._hook = kwargs["model"].register_forward_hook(self._price, with_kwargs=True)

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """What comes now was seen before."""
        self._fresh = False

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Leave the model alone."""
        if self._hook is not None:
            self._hook.remove()
            self._hook = None

    def _price(self, model: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        if not model.training:
            return
        if not self._fresh:
            self.meter.repeats()
            return
        labels, logits = kwargs.get("labels"), getattr(output, "logits", None)
        if labels is None or logits is None or logits.dim() != 3:
            raise UsageError(
                "the meter prices causal language models: it needs labels in the batch and logits [batch, time, "
                "vocabulary]; label smoothing and compute_loss_func take the labels away, leave them out"
            )
        nats, symbols = priced(logits, labels)
        if symbols:
            size = None if self._raw_bytes is None else self._raw_bytes(kwargs)
            self.meter.add(loss_nats=nats / symbols, symbols=symbols, raw_bytes=size)


def priced(logits: torch.Tensor, labels: torch.Tensor) -> tuple[float, int]:
    """Nats and number of labels [batch, time] under logits [batch, time, vocabulary], first ones at log(vocabulary).

    >>> logits = torch.zeros(1, 3, 4)
    >>> nats, symbols = priced(logits, torch.tensor([[1, 2, IGNORED]]))
    >>> round(nats, 4), symbols          # 2 ln 4
    (2.7726, 2)
    """
    with torch.no_grad():
        behind = labels[:, 1:]
        logs = torch.log_softmax(logits[:, :-1].float(), dim=-1)  # [batch, time - 1, vocabulary]
        counted = behind != IGNORED
        chosen = logs.gather(-1, behind.clamp(min=0).unsqueeze(-1)).squeeze(-1)
        nats = -float(chosen.double()[counted].sum())
        first = int((labels[:, 0] != IGNORED).sum())
        uniform = torch.log(torch.tensor(float(logits.shape[-1]), dtype=torch.float64))
        return nats + first * float(uniform), int(counted.sum()) + first
