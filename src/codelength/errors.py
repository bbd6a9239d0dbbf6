"""Everything that codelength raises on purpose.

CodelengthError                 catch this to catch them all
├── UsageError                  the request makes no sense (exit code 2)
│   ├── UnknownNameError        no model, codec or verb of that name
│   └── OptionError             an option that is unknown, of the wrong type or out of range
└── DataError                   the request is fine, the data is not (exit code 1)
    ├── SourceError             a file, folder or URL that cannot be read or written
    ├── FormatError             not a codelength file, or of a version that this release cannot read
    ├── DamagedError            a container or code that is cut, changed or extended
    ├── GivenError              a wrong, missing or needless `given` text
    ├── LimitError              more memory or output would be needed than is allowed
    ├── CodecError              a library's codec failed, or what it decoded is not what was encoded
    ├── MachineError            a float model rounds otherwise here than where its code was made
    ├── LostProcessError        another process of the same job is lost or late
    └── ProgramError            a generating program failed or printed something else
"""


class CodelengthError(Exception):
    """The root of everything that codelength raises on purpose."""


class UsageError(CodelengthError):
    """The request makes no sense."""


class UnknownNameError(UsageError):
    """There is no model, codec or verb of that name."""


class OptionError(UsageError):
    """An option is unknown, of the wrong type or out of range."""


class DataError(CodelengthError):
    """The request is fine, the data is not."""


class SourceError(DataError):
    """A file, folder or URL cannot be read or written."""


class FormatError(DataError):
    """This is not a codelength file, or one of a version that this release cannot read."""


class DamagedError(DataError):
    """A container or code is cut, changed or extended."""


class GivenError(DataError):
    """The `given` text is missing, needless or not the one that was used."""


class LimitError(DataError):
    """More memory or output would be needed than is allowed."""


class CodecError(DataError):
    """A library's codec failed, or what it decoded is not what was encoded."""


class MachineError(DataError):
    """A float model does not repeat here what it computed where its code was made."""


class LostProcessError(DataError):
    """Another process of the same job is lost or late."""


class ProgramError(DataError):
    """A generating program failed or printed something else."""
