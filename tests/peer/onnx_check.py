# SPDX-License-Identifier: MIT
# usage: python3 onnx_check.py FILE...: ONNX's own checker and shape inference accept each model; 77 without the package.
import sys

try:
    import onnx
except ImportError:
    print("skipped: the Python package onnx is not installed (Debian: python3-onnx)")
    sys.exit(77)

failed = 0
for path in sys.argv[1:]:
    model = onnx.load(path)
    try:
        onnx.checker.check_model(model, full_check=True)
        onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    except Exception as error:
        print(f"{path}: {error}")
        failed += 1
print(f"{len(sys.argv) - 1 - failed} of {len(sys.argv) - 1} models pass ONNX's checker")
sys.exit(1 if failed else 0)
