"""codelength: how many bits is it, and how much does X know about Y.

The public names, loaded when they are first used, so that `import codelength` stays light.

>>> import codelength
>>> x, y = b"to be or not to be; " * 9, b"not to be or to be; " * 5
>>> pair = codelength.shared(x, y, codelength.create("counts:order=2"))
>>> pair.kind, round(pair.shared_fraction, 2)
('ideal', 0.73)
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codelength.coding.archive import Archive, archive, check_program
    from codelength.coding.container import Contents, Limits, read_container, scan_container, write_container
    from codelength.coding.sequential import ByteReader, SequentialModel
    from codelength.data.bundled import bundled
    from codelength.data.ciphertexts import Ciphertext, read_ciphertext
    from codelength.data.documents import Document, Documents, documents
    from codelength.data.files import load
    from codelength.data.labelled import Labelled, load_labelled
    from codelength.data.loss_logs import read_loss_curves
    from codelength.dataset import Dataset
    from codelength.errors import (
        CodecError,
        CodelengthError,
        DamagedError,
        DataError,
        FormatError,
        GivenError,
        LimitError,
        LostProcessError,
        MachineError,
        OptionError,
        ProgramError,
        SourceError,
        UnknownNameError,
        UsageError,
    )
    from codelength.generalize.bounds.beside import bounds_beside, samples_beside
    from codelength.generalize.bounds.two_sample import exchangeable, exchangeable_inputs
    from codelength.learning.catalogue import create_learner
    from codelength.learning.meter import PrequentialMeter, prequential_meter
    from codelength.loss_curve import LossCurve
    from codelength.match.cipher import decipher
    from codelength.measure.classification import CodelengthClassifier
    from codelength.measure.codelength import measure, measure_ladder
    from codelength.measure.epiplexity import epiplexity
    from codelength.measure.explanation import explain
    from codelength.measure.generate import generate
    from codelength.measure.labels import label_ladder
    from codelength.measure.leak import leaks
    from codelength.measure.matrix import matrix
    from codelength.measure.nulls import standard_nulls
    from codelength.measure.pricing import greedy_prices, price_datasets
    from codelength.measure.regret import regret
    from codelength.measure.selection import Take, select_documents
    from codelength.measure.shared import shared, shared_ladder
    from codelength.measure.training_run import training_run
    from codelength.measure.trees import average_linkage, neighbour_joining
    from codelength.models.counts import Counts
    from codelength.models.from_codec import FromCodec, RoundTripCost, round_trip_cost
    from codelength.models.libraries import Brotli, Bz2, Gzip, Ppmd, Xz, Zstd
    from codelength.models.matched import Matched
    from codelength.models.mixing.model import Mixing
    from codelength.models.mixtures import Bayes, Switching
    from codelength.models.tally import Tally
    from codelength.naming import split_names
    from codelength.parallel.cluster import Cluster
    from codelength.parallel.journal import Journal
    from codelength.parallel.processes import Processes
    from codelength.parallel.run import Spread
    from codelength.registry import LADDER, create, entries
    from codelength.report.explanation_page import explanation_page
    from codelength.report.plots import shared_plot
    from codelength.result.bounds import Bound, SampleSize
    from codelength.result.codelength import Codelength
    from codelength.result.deciphered import Deciphered
    from codelength.result.epiplexity import Epiplexity, TwoPart
    from codelength.result.exchangeability import Exchangeability
    from codelength.result.explanation import Explanation
    from codelength.result.labels import LabelCode, Unsupervised
    from codelength.result.leak import LeakCheck
    from codelength.result.match import Match
    from codelength.result.matrix import Matrix
    from codelength.result.regret import Regret
    from codelength.result.selection import PricedDataset, Selection
    from codelength.result.shared import Shared
    from codelength.result.training import TrainingRun
    from codelength.result.tree import Tree
    from codelength.types import Bits, Codec, Conditional, Learner, Model, Probs, Reader

    __version__: str

__all__ = [
    "LADDER",
    "Archive",
    "Bayes",
    "Bits",
    "Bound",
    "Brotli",
    "ByteReader",
    "Bz2",
    "Ciphertext",
    "Cluster",
    "Codec",
    "CodecError",
    "Codelength",
    "CodelengthClassifier",
    "CodelengthError",
    "Conditional",
    "Contents",
    "Counts",
    "DamagedError",
    "DataError",
    "Dataset",
    "Deciphered",
    "Document",
    "Documents",
    "Epiplexity",
    "Exchangeability",
    "Explanation",
    "FormatError",
    "FromCodec",
    "GivenError",
    "Gzip",
    "Journal",
    "LabelCode",
    "Labelled",
    "LeakCheck",
    "Learner",
    "LimitError",
    "Limits",
    "LossCurve",
    "LostProcessError",
    "MachineError",
    "Match",
    "Matched",
    "Matrix",
    "Mixing",
    "Model",
    "OptionError",
    "Ppmd",
    "PrequentialMeter",
    "PricedDataset",
    "Probs",
    "Processes",
    "ProgramError",
    "Reader",
    "Regret",
    "RoundTripCost",
    "SampleSize",
    "Selection",
    "SequentialModel",
    "Shared",
    "SourceError",
    "Spread",
    "Switching",
    "Take",
    "Tally",
    "TrainingRun",
    "Tree",
    "TwoPart",
    "UnknownNameError",
    "Unsupervised",
    "UsageError",
    "Xz",
    "Zstd",
    "__version__",
    "archive",
    "average_linkage",
    "bounds_beside",
    "bundled",
    "check_program",
    "create",
    "create_learner",
    "decipher",
    "documents",
    "entries",
    "epiplexity",
    "exchangeable",
    "exchangeable_inputs",
    "explain",
    "explanation_page",
    "generate",
    "greedy_prices",
    "label_ladder",
    "leaks",
    "load",
    "load_labelled",
    "matrix",
    "measure",
    "measure_ladder",
    "neighbour_joining",
    "prequential_meter",
    "price_datasets",
    "read_ciphertext",
    "read_container",
    "read_loss_curves",
    "regret",
    "round_trip_cost",
    "samples_beside",
    "scan_container",
    "select_documents",
    "shared",
    "shared_ladder",
    "shared_plot",
    "split_names",
    "standard_nulls",
    "training_run",
    "write_container",
]

_HOMES = {
    "codelength.coding.archive": "Archive archive check_program",
    "codelength.coding.container": "Contents Limits read_container scan_container write_container",
    "codelength.coding.sequential": "ByteReader SequentialModel",
    "codelength.data.bundled": "bundled",
    "codelength.data.ciphertexts": "Ciphertext read_ciphertext",
    "codelength.data.documents": "Document Documents documents",
    "codelength.data.files": "load",
    "codelength.data.labelled": "Labelled load_labelled",
    "codelength.data.loss_logs": "read_loss_curves",
    "codelength.dataset": "Dataset",
    "codelength.errors": (
        "CodecError CodelengthError DamagedError DataError FormatError GivenError "
        "LimitError LostProcessError MachineError OptionError ProgramError SourceError UnknownNameError UsageError"
    ),
    "codelength.generalize.bounds.beside": "bounds_beside samples_beside",
    "codelength.generalize.bounds.two_sample": "exchangeable exchangeable_inputs",
    "codelength.learning.catalogue": "create_learner",
    "codelength.learning.meter": "PrequentialMeter prequential_meter",
    "codelength.loss_curve": "LossCurve",
    "codelength.match.cipher": "decipher",
    "codelength.measure.classification": "CodelengthClassifier",
    "codelength.measure.codelength": "measure measure_ladder",
    "codelength.measure.epiplexity": "epiplexity",
    "codelength.measure.explanation": "explain",
    "codelength.measure.generate": "generate",
    "codelength.measure.labels": "label_ladder",
    "codelength.measure.leak": "leaks",
    "codelength.measure.matrix": "matrix",
    "codelength.measure.nulls": "standard_nulls",
    "codelength.measure.pricing": "greedy_prices price_datasets",
    "codelength.measure.regret": "regret",
    "codelength.measure.selection": "Take select_documents",
    "codelength.measure.shared": "shared shared_ladder",
    "codelength.measure.training_run": "training_run",
    "codelength.measure.trees": "average_linkage neighbour_joining",
    "codelength.models.counts": "Counts",
    "codelength.models.from_codec": "FromCodec RoundTripCost round_trip_cost",
    "codelength.models.libraries": "Brotli Bz2 Gzip Ppmd Xz Zstd",
    "codelength.models.matched": "Matched",
    "codelength.models.mixing.model": "Mixing",
    "codelength.models.mixtures": "Bayes Switching",
    "codelength.models.tally": "Tally",
    "codelength.naming": "split_names",
    "codelength.parallel.cluster": "Cluster",
    "codelength.parallel.journal": "Journal",
    "codelength.parallel.processes": "Processes",
    "codelength.parallel.run": "Spread",
    "codelength.registry": "LADDER create entries",
    "codelength.report.explanation_page": "explanation_page",
    "codelength.report.plots": "shared_plot",
    "codelength.result.bounds": "Bound SampleSize",
    "codelength.result.codelength": "Codelength",
    "codelength.result.deciphered": "Deciphered",
    "codelength.result.epiplexity": "Epiplexity TwoPart",
    "codelength.result.exchangeability": "Exchangeability",
    "codelength.result.explanation": "Explanation",
    "codelength.result.labels": "LabelCode Unsupervised",
    "codelength.result.leak": "LeakCheck",
    "codelength.result.match": "Match",
    "codelength.result.matrix": "Matrix",
    "codelength.result.regret": "Regret",
    "codelength.result.selection": "PricedDataset Selection",
    "codelength.result.shared": "Shared",
    "codelength.result.training": "TrainingRun",
    "codelength.result.tree": "Tree",
    "codelength.types": "Bits Codec Conditional Learner Model Probs Reader",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


class _Face(ModuleType):
    def __setattr__(self, name: str, value: object) -> None:
        # `measure` is the function: the package of that name does not take its place when it is imported.
        if not (name == "measure" and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face

if not TYPE_CHECKING:  # so that a type checker knows of no other names

    def __getattr__(name: str) -> object:
        if name == "__version__":
            value = import_module("importlib.metadata").version("codelength")
        elif name in _HOME_OF:
            value = getattr(import_module(_HOME_OF[name]), name)
        else:
            raise AttributeError(f"codelength has no {name!r}; its names are in codelength.__all__")
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
