"""What the rounding of a float model depends on, recorded beside whatever such a model coded.

Floating point is repeated exactly on the same machine with the same libraries; another instruction set, another
version or another device may sum in another order, and one last bit that differs ends in other data.
"""

import platform

import torch


def environment(seed: int, device: str) -> dict[str, str]:
    """Names and values, in the order in which they are recorded.

    >>> environment(seed=3, device="cpu")["threads"]
    '1'
    """
    found = {
        "torch": torch.__version__,
        "cpu": torch.backends.cpu.get_cpu_capability(),
        "machine": platform.machine(),
        "threads": "1",
        "seed": str(seed),
        "device": device,
    }
    if device.startswith("cuda"):
        found["gpu"] = torch.cuda.get_device_name(device)
        found["cuda"] = str(torch.version.cuda)
    return found
