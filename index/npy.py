"""Arrays in `.npy` files: mapped for look-ups, read piece by piece where all of one is gone through, written from beginning to end."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from index.errors import IndexDamaged

_HEADER = re.compile(r"\{'descr': '([<|][a-z]\d)', 'fortran_order': False, 'shape': \((\d+),(?: (\d+))?\), \} *\n")


def load_array(path: Path, dtype: type[np.generic], dimensions: int) -> npt.NDArray[Any]:
    """A `.npy` file, mapped read-only, of the type and number of dimensions expected.

    The header is read here and not by numpy, which hands it to Python's parser: that one fails now and
    then when several threads use it at once (seen with 3.11), and takes more forms than we write.

    Raises:
        IndexDamaged: it is not such a file.
    """
    try:
        with path.open("rb") as file:
            shape, offset = _read_header(file, path, dtype, dimensions)
        if 0 in shape:  # nothing to map
            return np.empty(shape, dtype=dtype)
        # As a plain array: each slice of a `memmap` would be made a `memmap` again, which takes longer than what is done with it.
        return np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape).view(np.ndarray)
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(path, f"cannot be read ({error})") from error


def _read_header(file: IO[bytes], path: Path, dtype: type[np.generic], dimensions: int) -> tuple[tuple[int, ...], int]:
    """(shape, where the data begins) of a `.npy` file that is what is expected."""
    start = file.read(10)
    found = _HEADER.fullmatch(file.read(int.from_bytes(start[8:10], "little")).decode("latin-1"))
    offset, size = file.tell(), os.fstat(file.fileno()).st_size
    if start[:8] != b"\x93NUMPY\x01\x00" or found is None:
        raise IndexDamaged(path, "is not an array")
    shape = tuple(int(n) for n in found.groups()[1:] if n is not None)
    if np.dtype(found[1]) != dtype or len(shape) != dimensions:
        raise IndexDamaged(path, f"holds {np.dtype(found[1])} of {len(shape)} dimensions")
    if size != offset + int(np.prod(shape)) * np.dtype(dtype).itemsize:
        raise IndexDamaged(path, "is longer or shorter than it says")
    return shape, offset


_BUFFER = 1 << 20  # bytes; rows of one chunk each are small


class ArrayReader:
    """A `.npy` file read piece by piece: unlike a mapped one it takes no memory by how large it is."""

    def __init__(self, path: Path, dtype: type[np.generic], dimensions: int) -> None:
        """Open a file that is expected to be of that type and number of dimensions.

        Raises:
            IndexDamaged: it is not such a file.
            OSError: it cannot be read.
        """
        self._file = path.open("rb", buffering=0)
        try:
            self.shape, self._offset = _read_header(self._file, path, dtype, dimensions)
        except BaseException:
            self._file.close()
            raise
        self._dtype = np.dtype(dtype)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return int(np.prod(self.shape[1:])) * self._dtype.itemsize

    def read(self, start: int, end: int) -> npt.NDArray[Any]:
        """Rows [start, end)."""
        self._file.seek(self._offset + start * self.row_bytes)
        data = bytearray((end - start) * self.row_bytes)
        self._file.readinto(data)
        return np.frombuffer(data, dtype=self._dtype).reshape(end - start, *self.shape[1:])

    def blocks(self, size: int, start: int = 0, end: int | None = None) -> Iterator[tuple[int, npt.NDArray[Any]]]:
        """(first row, rows) of pieces of [start, end), so many rows at a time; what is given holds until the next is."""
        last = self.shape[0] if end is None else end
        held = np.empty((min(size, max(0, last - start)), *self.shape[1:]), dtype=self._dtype)
        bytes_ = held.reshape(-1).view(np.uint8).data
        for at in range(start, last, size):
            count = min(size, last - at)
            self._file.seek(self._offset + at * self.row_bytes)
            self._file.readinto(bytes_[: count * self.row_bytes])
            yield at, held[:count]

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class ArrayWriter:
    """A `.npy` file written from its beginning to its end; its checksum is computed on the way."""

    def __init__(self, path: Path, dtype: str, shape: tuple[int, ...]) -> None:
        """Begin a file of that shape; `dtype` as numpy writes it (`<f4`).

        Raises:
            OSError: no space, no right to write.
        """
        self._path = path
        header = BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": dtype, "fortran_order": False, "shape": shape})
        self._left = int(np.prod(shape)) * np.dtype(dtype).itemsize
        self._sha256 = hashlib.sha256()
        self._file = path.open("wb", buffering=_BUFFER)
        try:
            _reserve(self._file.fileno(), len(header.getvalue()) + self._left)
            self._left += len(header.getvalue())
            self.write(header.getvalue())
        except BaseException:
            self._file.close()
            raise

    def write(self, data: bytes | npt.NDArray[Any]) -> None:
        """Add what comes next."""
        view = memoryview(data) if isinstance(data, bytes) else data.reshape(-1).view(np.uint8).data
        self._left -= len(view)
        self._sha256.update(view)
        self._file.write(view)

    def close(self) -> str:
        """Complete the file; returns its SHA-256.

        Raises:
            ValueError: it was given more or less than its shape says.
        """
        self._file.close()
        if self._left:
            raise ValueError(f"{self._path} is {abs(self._left)} bytes {'short' if self._left > 0 else 'too long'}")
        return self._sha256.hexdigest()

    def abandon(self) -> None:
        """Close it as it is."""
        self._file.close()


def _reserve(descriptor: int, size: int) -> None:
    """Reserve room first: a full disk must be known before much is written."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)


def save_array(path: Path, array: npt.NDArray[Any]) -> str:
    """Write a whole array; returns the SHA-256 of its file.

    Raises:
        OSError: no space, no right to write.
    """
    writer = ArrayWriter(path, array.dtype.str, array.shape)
    try:
        writer.write(np.ascontiguousarray(array))
        return writer.close()
    except BaseException:
        writer.abandon()
        raise
