#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Training steps of pith and of PyTorch on the same networks, batch 128, one after the other and again.

python3 train_torch.py --bench build/benchmarks/bench_train [--threads N] [--rounds N] [NAME...]

Needs torch (Debian: python3-torch). Prints the best and the median of all steps; processor time is given besides wall
time because it survives a machine that others work on."""
import argparse
import json
import os
import statistics
import subprocess
import time


def nets(torch):
    nn = torch.nn

    def conv(i, o, k=3, s=1, p=1):
        return [nn.Conv2d(i, o, k, s, p, bias=False), nn.BatchNorm2d(o)]

    class Block(nn.Module):
        def __init__(self, i, o, s):
            super().__init__()
            self.body = nn.Sequential(*conv(i, o, 3, s), nn.ReLU(True), *conv(o, o))
            self.side = nn.Sequential(*conv(i, o, 1, s, 0)) if s != 1 else nn.Identity()

        def forward(self, x):
            return torch.relu_(self.body(x) + self.side(x))

    def resnet(n):
        layers = [*conv(3, 16), nn.ReLU(True)]
        i = 16
        for group, o in enumerate((16, 32, 64)):
            for b in range(n):
                layers.append(Block(i, o, 2 if group and not b else 1))
                i = o
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)), (3, 32, 32)

    def lenet():
        return nn.Sequential(
            nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(800, 500), nn.ReLU(True), nn.Linear(500, 10)), (1, 28, 28)

    def mlp():
        return nn.Sequential(
            nn.Flatten(), nn.Linear(784, 300), nn.ReLU(True), nn.Linear(300, 100), nn.ReLU(True),
            nn.Linear(100, 10)), (1, 28, 28)

    return {"resnet20": lambda: resnet(3), "resnet8": lambda: resnet(1), "lenet5": lenet, "mlp": mlp}


def torch_steps(name, threads, seconds, last):
    """Wall and processor seconds of each step."""
    import torch
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    net, image = nets(torch)[name]()
    layout = torch.channels_last if last and len(image) == 3 else torch.contiguous_format
    net = net.to(memory_format=layout)
    x = (torch.rand(128, *image) * 2 - 1).to(memory_format=layout)
    y = torch.arange(128) * 7 % 10
    optimizer = torch.optim.SGD(net.parameters(), 1e-3, momentum=0.9, weight_decay=5e-4)
    loss = torch.nn.CrossEntropyLoss()
    steps = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(steps) < 4:
        wall, cpu = time.perf_counter(), time.process_time()
        optimizer.zero_grad(set_to_none=True)
        loss(net(x), y).backward()
        optimizer.step()
        steps.append((time.perf_counter() - wall, time.process_time() - cpu))
    return steps[2:]


def pith_steps(bench, name, threads, seconds):
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
    out = subprocess.run(
        [bench, f"--benchmark_filter=train/{name}/", f"--benchmark_min_time={seconds / 6}", "--benchmark_format=json",
         "--benchmark_repetitions=3"], env=environment, check=True, capture_output=True, text=True).stdout
    kernels = {}
    for run in json.loads(out)["benchmarks"]:
        if run["run_type"] == "iteration" and "error_occurred" not in run:
            kernels.setdefault(run["run_name"].split("/")[2], []).append((run["real_time"] / 1e3, run["cpu_time"] / 1e3))
    return kernels


def show(label, steps, threads):
    wall = [s[0] for s in steps]
    cpu = [s[1] for s in steps]
    print(f"  {label:24} {128 / min(wall):8.0f} {128 / statistics.median(wall):8.0f} {128 * threads / min(cpu):8.0f}", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bench", required=True)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--seconds", type=float, default=4)
    options.add_argument("names", nargs="*")
    o = options.parse_args()
    for name in o.names or ["resnet20", "resnet8", "lenet5", "mlp"]:
        print(f"{name}, {o.threads} threads: img/s best, median, best by processor time")
        ours, theirs = {}, {"torch NCHW": [], "torch NHWC": []}
        for _ in range(o.rounds):
            for kernels, steps in pith_steps(o.bench, name, o.threads, o.seconds).items():
                ours.setdefault(kernels, []).extend(steps)
            theirs["torch NCHW"] += torch_steps(name, o.threads, o.seconds, False)
            theirs["torch NHWC"] += torch_steps(name, o.threads, o.seconds, True)
        for kernels, steps in ours.items():
            show("pith " + kernels, steps, o.threads)
        for layout, steps in theirs.items():
            show(layout, steps, o.threads)


if __name__ == "__main__":
    main()
