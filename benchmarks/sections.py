"""The sections of docs/benchmarks.md in their order: a table or two for each benchmark's rows."""

from collections.abc import Callable, Sequence

from benchmarks import (
    bounds_sections,
    cipher_sections,
    coding_sections,
    learning_sections,
    match_sections,
    shared_bits_sections,
)
from benchmarks.tables import Result

SECTIONS: dict[str, Callable[[Sequence[Result]], str]] = {
    "ladder": coding_sections.ladder_section,
    "bits_each": coding_sections.bits_each_section,
    "far_copy": coding_sections.far_copy_section,
    "related": coding_sections.related_section,
    "memory": coding_sections.memory_section,
    "archive": coding_sections.archive_section,
    "training_run": learning_sections.training_run_section,
    "epiplexity": learning_sections.epiplexity_section,
    "pretrained": learning_sections.pretrained_section,
    "mixing_net": learning_sections.mixing_net_section,
    "nets": learning_sections.nets_section,
    "labels": learning_sections.labels_section,
    "unsupervised": learning_sections.unsupervised_section,
    "matrix": shared_bits_sections.matrix_section,
    "selection": shared_bits_sections.selection_section,
    "leak": shared_bits_sections.leak_section,
    "explain": shared_bits_sections.explain_section,
    "classification": shared_bits_sections.classification_section,
    "identify": shared_bits_sections.identify_section,
    "ciphers": cipher_sections.ciphers_section,
    "scaling": shared_bits_sections.scaling_section,
    "maps": match_sections.maps_section,
    "bounds": bounds_sections.bounds_section,
    "words": match_sections.words_section,
}
