"""A net's whole state in one safetensors file, so that what was learned once can be used and carried on.

    tensors     weights, moments, carries, the past that is replayed, counts (only lines in use), the gate's weights
    metadata    format, the model's name with all options, what was read (bytes, SHA-256), curve, SHA-256 of the tensors

The file is read by any program that knows safetensors. It holds the bytes that were read: replays need them.
"""

import hashlib
import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy
import torch

from codelength.data.names import errors_named, printable
from codelength.errors import DamagedError, DataError, FormatError, UsageError
from codelength.models.nets.model import NetModel, Origin, State
from codelength.models.nets.orders import MAP_ROWS, SET_ROWS, SETS, WEIGHTS
from codelength.types import Codec

FORMAT = "codelength net 1"
_MOST_HEADER_BYTES = 1 << 20
_LINES, _SLOTS, _MAPS = "orders.lines", "orders.last", "gate.map"

Arrays = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a file says of itself, and its tensors."""

    model_name: str
    origin: Origin
    arrays: Arrays


def load(path: str, create: Callable[[str], Codec]) -> NetModel:
    """The model that a file holds, made by its name and given its state.

    Raises SourceError, FormatError or DamagedError with the file's name.
    """
    data = read(path)
    try:
        checkpoint = parse(data)
        model = create(checkpoint.model_name)
        if not isinstance(model, NetModel):
            raise DamagedError(f"the checkpoint names {checkpoint.model_name}, which is no net")
        return restore(model, checkpoint)
    except (DataError, UsageError) as error:
        raise type(error)(f"{printable(path)}: {error}") from error


def read(path: str) -> bytes:
    """A file's bytes; SourceError with its name where it cannot be read."""
    with errors_named(printable(path)):
        return Path(path).read_bytes()


def dump(model: NetModel, curve: tuple[tuple[int, float], ...] = ()) -> bytes:
    """The state of a model as a file."""
    state = model.state or model.fresh()
    arrays = {name: np.ascontiguousarray(array) for name, array in _arrays(state).items()}
    fresh = model.fresh()
    if state.orders is not None and fresh.orders is not None:
        _sparse(arrays, _LINES, fresh.orders.lines)
        _sparse(arrays, _SLOTS, fresh.orders.last[:, None])
        _sparse(arrays, _MAPS, fresh.gate.map)
    past = bytes(state.learning.past) + state.pending
    metadata = {
        "format": FORMAT,
        "model": model.full_name,
        "torch": torch.__version__,
        "read_bytes": str(len(past)),
        "read_sha256": hashlib.sha256(past).hexdigest(),
        "coldness": state.learning.coldness.hex(),
        "blocks": str(state.learning.blocks),
        "curve": json.dumps(curve),
        "sha256": _digest(arrays),
    }
    return bytes(safetensors.numpy.save(arrays, metadata))


def parse(data: bytes) -> Checkpoint:
    """What is in a file; FormatError for one that is no checkpoint of this project, DamagedError for a damaged one.

    >>> parse(b"")
    Traceback (most recent call last):
    codelength.errors.FormatError: this is not a safetensors file: it ends inside its header
    """
    metadata = _metadata(data)
    if metadata.get("format") != FORMAT:
        made = metadata.get("format", "another program")
        raise FormatError(f"this safetensors file is by {made}; name one that `codelength fit` wrote")
    try:
        arrays = cast(Arrays, safetensors.numpy.load(data))
    except (safetensors.SafetensorError, ValueError, KeyError) as error:
        raise DamagedError(f"the checkpoint is cut or damaged: {error}") from None
    digest = _digest(arrays)
    if digest != metadata.get("sha256"):
        raise DamagedError("the checkpoint is damaged: its tensors are not those that were written")
    try:
        curve = tuple((int(size), float(bits)) for size, bits in json.loads(metadata["curve"]))
        scalars = np.array([float.fromhex(metadata["coldness"]), float(int(metadata["blocks"]))])
        whole = hashlib.sha256(json.dumps(metadata, sort_keys=True).encode()).hexdigest()
        return Checkpoint(
            metadata["model"],
            Origin(whole[:32], len(data), int(metadata["read_bytes"]), metadata["read_sha256"], curve),
            {**arrays, "scalars": scalars},
        )
    except (KeyError, ValueError, TypeError) as error:
        raise DamagedError(f"the checkpoint's metadata is damaged ({error!r})") from None


def restore(model: NetModel, checkpoint: Checkpoint) -> NetModel:
    """The model with a checkpoint's state; DamagedError where its tensors are not those of such a model."""
    state = model.fresh()
    arrays = dict(checkpoint.arrays)
    coldness, blocks = arrays.pop("scalars").tolist()
    if state.orders is not None:
        _dense(arrays, _LINES, state.orders.lines)
        _dense(arrays, _SLOTS, state.orders.last[:, None])
        _dense(arrays, _MAPS, state.gate.map)
    past, pending = (_octets(arrays, name) for name in ("past", "pending"))
    state.learning.past, state.pending = bytearray(past), pending
    wanted = _arrays(state)
    for name, array in wanted.items():
        found = arrays.get(name)
        if found is None or found.shape != array.shape or found.dtype != array.dtype:
            raise DamagedError(f"the checkpoint's tensor {name} does not fit {checkpoint.model_name}")
    if arrays.keys() != wanted.keys():
        raise DamagedError(f"the checkpoint has tensors that {checkpoint.model_name} has not")
    _check(state, arrays, model)
    learning = state.learning
    learning.coldness, learning.blocks = float(coldness), int(blocks)
    learning.places = np.array(arrays["places"], np.int64)
    for name in ("weights", "moments", "averaged"):
        setattr(learning, name, _tensor(arrays[name], model))
    for name, parts in (("carry", learning.carry), ("averaged_carry", learning.averaged_carry)):
        setattr(learning, name, tuple(_tensor(arrays[f"{name}.{i}"], model) for i in range(len(parts))))
    for name, array in wanted.items():
        if name.startswith(("orders.", "gate.", "inputs.")):
            array[...] = arrays[name]
    restored = model.holding(state)
    restored.checkpoint = checkpoint.origin
    return restored


def _arrays(state: State) -> Arrays:
    learning = state.learning
    arrays: Arrays = {
        "weights": learning.weights.cpu().numpy(),
        "moments": learning.moments.cpu().numpy(),
        "averaged": learning.averaged.cpu().numpy(),
        "places": learning.places,
        "past": np.frombuffer(bytes(learning.past), np.uint8),
        "pending": np.frombuffer(state.pending, np.uint8),
    }
    for name, parts in (("carry", learning.carry), ("averaged_carry", learning.averaged_carry)):
        arrays |= {f"{name}.{i}": part.cpu().numpy() for i, part in enumerate(parts)}
    if state.orders is not None:
        lines, histories, matches, ring, last, at = state.orders.arrays()
        arrays |= {_LINES: lines, "orders.histories": histories, "orders.matches": matches, "orders.ring": ring}
        arrays |= {_SLOTS: last[:, None], "orders.at": at}
        weights, final, maps, seen = state.gate.arrays()
        arrays |= {"gate.weights": weights, "gate.final": final, _MAPS: maps, "gate.seen": seen}
        values, chosen, rows = state.inputs.arrays()
        arrays |= {"inputs.values": values, "inputs.weights": chosen, "inputs.rows": rows}
    return arrays


def _sparse(arrays: Arrays, name: str, fresh: npt.NDArray[np.generic]) -> None:
    # Only the rows that are no longer what they were.
    dense = arrays.pop(name)
    changed = np.flatnonzero((dense != fresh).any(axis=1))
    arrays[f"{name}.changed"], arrays[f"{name}.rows"] = changed, np.ascontiguousarray(dense[changed])


def _dense(arrays: Arrays, name: str, fresh: npt.NDArray[np.generic]) -> None:
    changed, rows = arrays.pop(f"{name}.changed", None), arrays.pop(f"{name}.rows", None)
    if changed is None or rows is None or changed.dtype != np.int64 or rows.dtype != fresh.dtype:
        raise DamagedError(f"the checkpoint has no {name}")
    places = changed.astype(np.int64)
    if len(places) and not (places.ndim == 1 and places.min() >= 0 and places.max() < len(fresh)):
        raise DamagedError(f"the checkpoint's {name} has rows where there are none")
    if rows.shape != (len(places), fresh.shape[1]):
        raise DamagedError(f"the checkpoint's {name} has rows of another size")
    dense = fresh.copy()
    dense[places] = rows
    arrays[name] = dense


def _check(state: State, arrays: Arrays, model: NetModel) -> None:
    # What indexes something must lie in it: kernels check nothing.
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise DamagedError(f"the checkpoint's tensor {name} holds numbers that are not finite")
    last = len(state.learning.past) - model.net.replayed
    places = arrays["places"]
    if not ((places.astype(np.int64) >= -1) & (places.astype(np.int64) <= max(last, -1))).all():
        raise DamagedError("the checkpoint's replays lie outside its past")
    if len(state.pending) >= model.net.block:
        raise DamagedError("the checkpoint has more than a block in hand")
    if state.orders is not None:
        at = arrays["orders.at"].tolist()
        if at[0] != len(state.learning.past) + len(state.pending) or min(at[:3]) < 0:
            raise DamagedError("the checkpoint's counts are not those of its past")
        columns = arrays["inputs.rows"].astype(np.int64)
        for indices, most in (
            (arrays["inputs.weights"].astype(np.int64), WEIGHTS),
            (columns[:, :SETS], SET_ROWS),
            (columns[:, SETS], MAP_ROWS),
        ):
            if not (indices.min() >= 0 and indices.max() < most):
                raise DamagedError("the checkpoint's inputs point outside the gate")


def _octets(arrays: Arrays, name: str) -> bytes:
    found = arrays.get(name)
    if found is None or found.dtype != np.uint8 or found.ndim != 1:
        raise DamagedError(f"the checkpoint has no {name}")
    return found.tobytes()


def _tensor(array: npt.NDArray[np.generic], model: NetModel) -> torch.Tensor:
    return torch.from_numpy(np.array(array)).to(model.recipe.device)


def _metadata(data: bytes) -> Mapping[str, str]:
    if len(data) < 8:
        raise FormatError("this is not a safetensors file: it ends inside its header")
    (size,) = struct.unpack("<Q", data[:8])
    if size > min(_MOST_HEADER_BYTES, len(data) - 8):
        raise FormatError("this is not a safetensors file, or it is cut: its header does not fit")
    try:
        metadata = json.loads(data[8 : 8 + size]).get("__metadata__", {})
    except (ValueError, AttributeError, RecursionError):
        raise FormatError("this is not a safetensors file: its header is not JSON") from None
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise FormatError("this is not a safetensors file: its metadata are not texts")
    return metadata


def _digest(arrays: Arrays) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape};".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
