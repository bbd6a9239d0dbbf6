"""From options to a net: what `transformer:layers=2,width=128` and `lstm:width=224` stand for."""

import os
from collections.abc import Mapping
from typing import Literal

import torch

from codelength.errors import OptionError
from codelength.models.nets.model import NetModel
from codelength.models.nets.modules import Lstm, Net, Transformer
from codelength.models.nets.optimizer import Optimizer
from codelength.models.nets.training import Recipe

Kind = Literal["transformer", "lstm"]


def make(kind: Kind, options: Mapping[str, int | float | str]) -> NetModel:
    """The model of a kind of net with all its options; OptionError where they do not fit together.

    >>> make("lstm", {"layers": 1, "width": 16, "streams": 1, "block": 8, "replay": 0, "optimizer": "adam",
    ...     "rate": 0.002, "average": 0, "calibrate": "yes", "orders": 0, "seed": 0, "device": "cpu"}).parameters
    10384
    """
    device = str(options["device"])
    if device == "cuda" and not torch.cuda.is_available():
        raise OptionError(f"{kind}: device=cuda, and torch finds no GPU here; leave it out")
    if device == "cuda":
        # Without it cuBLAS may sum in another order each time, and torch refuses to be deterministic.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    layers, width, streams, length = (int(options[key]) for key in ("layers", "width", "streams", "block"))
    net: Net
    if kind == "lstm":
        net = Lstm(layers, width, streams, length)
    else:
        if width % 8:
            raise OptionError(f"transformer: width={width} is not a multiple of 8")
        net = Transformer(layers, width, streams, length, int(options["window"]))
    optimizer = Optimizer(tuple(net.shapes().values()), float(options["rate"]), options["optimizer"] == "muon")
    recipe = Recipe(
        optimizer,
        int(options["replay"]),
        float(options["average"]),
        options["calibrate"] == "yes",
        int(options["seed"]),
        device,
    )
    full_name = f"{kind}:{','.join(f'{key}={value}' for key, value in options.items())}"
    model = NetModel(full_name, net, recipe, orders_bytes=int(options["orders"]))
    model.nominal_speed = max(10, int(8e8 / (model.parameters * (2 + int(options["replay"])) + 100_000)))
    return model
