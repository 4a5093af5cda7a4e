"""Opens a model with safetensors and holds it against the tables of docs/model-file.md.

    python open_model.py model.safetensors docs/model-file.md

Every tensor and metadata key of the file must be in the document with the right type and shape, and the other way
round; letters in shapes stand for the same number everywhere; all values load. Prints what is wrong; exit code 1.
"""

import re
import sys

import numpy
from safetensors import safe_open
from safetensors.numpy import load_file

DTYPES = {"U8": "uint8", "I8": "int8", "U32": "uint32", "U64": "uint64", "I64": "int64", "F32": "float32", "F64": "float64"}


def described(document):
    """The document's tensors as {name: (type, [extent, ...])}, compound ones taken apart, its metadata keys, and the
    names of tensors that a file may lack."""
    tensors, keys, optional, section = {}, set(), set(), ""
    for line in document.splitlines():
        if line.startswith("## "):
            section = line[3:].strip()
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        name = re.fullmatch(r"`([a-z_0-9.]+)`", cells[0])
        if section == "Metadata" and name:
            keys.add(name[1])
        if section != "Tensors" or not name:
            continue
        name, kind, shape = name[1], cells[1], re.findall(r"[\w+]+", cells[2])
        is_optional, kind = kind.startswith("optional "), kind.removeprefix("optional ")
        before = set(tensors)
        if kind == "strings":
            tensors[name + ".offsets"] = ("U64", [shape[0] + "+1"])
            tensors[name + ".bytes"] = ("U8", ["any"])
        elif kind == "lists":
            tensors[name + ".offsets"] = ("U64", [shape[0] + "+1"])
            tensors[name + ".rows"] = ("U32", ["any"])
        elif kind == "sparse rows":
            tensors[name + ".offsets"] = ("U64", [shape[0] + "+1"])
            tensors[name + ".terms"] = ("U32", ["any"])
            tensors[name + ".weights"] = ("F32", ["any"])
        else:
            tensors[name] = (kind, shape)
        if is_optional:
            optional.update(set(tensors) - before)
    return tensors, keys, optional


def check_tensor(name, value, kind, shape, extents):
    """What is wrong with one tensor; `extents` remembers the number that each letter stands for."""
    if DTYPES.get(kind) != str(value.dtype):
        yield f"{name} is {value.dtype}, the document says {kind}"
    if len(shape) != value.ndim:
        yield f"{name} has shape {list(value.shape)}, the document says {shape}"
        return
    for extent, got in zip(shape, value.shape):
        if extent == "any":
            continue
        letter, _, more = extent.partition("+")
        expected = int(letter) if letter.isdigit() else extents.setdefault(letter, got - int(more or 0))
        if got != expected + int(more or 0):
            yield f"{name} has shape {list(value.shape)}, {extent} is {expected} elsewhere"
    if value.dtype.kind == "f" and not numpy.isfinite(value).all():
        yield f"{name} has values that are not finite"


def check_offsets(model):
    """What is wrong with the tensors that cut others into rows."""
    for name in model:
        if not name.endswith(".offsets"):
            continue
        offsets, stem = model[name].astype("int64"), name.removesuffix(".offsets")
        parts = [model[stem + suffix] for suffix in (".bytes", ".terms", ".weights", ".rows") if stem + suffix in model]
        if offsets[0] != 0 or (numpy.diff(offsets) < 0).any() or any(len(part) != offsets[-1] for part in parts):
            yield f"{name} does not cut {stem} into rows"
        if stem + ".bytes" in model:
            data = model[stem + ".bytes"].tobytes()
            for begin, end in zip(offsets, offsets[1:]):
                data[begin:end].decode("utf-8")


def faults(model_path, document_path):
    """Everything that is wrong, as lines."""
    with open(document_path, encoding="utf-8") as file:
        tensors, keys, optional = described(file.read())
    model, extents = load_file(model_path), {}
    with safe_open(model_path, "np") as file:
        metadata = file.metadata()
    yield from (f"tensor {name} is not in the document" for name in sorted(model.keys() - tensors.keys()))
    yield from (f"tensor {name} is not in the file" for name in sorted(tensors.keys() - model.keys() - optional))
    yield from (f"metadata {key} is not in the document" for key in sorted(metadata.keys() - keys))
    yield from (f"metadata {key} is not in the file" for key in sorted(keys - metadata.keys()))
    for name in sorted(model.keys() & tensors.keys()):
        yield from check_tensor(name, model[name], *tensors[name], extents)
    yield from check_offsets(model)
    if len(metadata.get("signals", "").split(",")) != extents.get("S"):
        yield f"signals {metadata.get('signals')} are not {extents.get('S')}"


def main():
    lines = list(faults(*sys.argv[1:]))
    for line in lines:
        print(line)
    if not lines:
        print(f"{len(load_file(sys.argv[1]))} tensors as described")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
