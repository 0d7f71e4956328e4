// SPDX-License-Identifier: MIT
// target_seeds onnx|program FOLDER: writes the valid files the fuzzers start from.
#include <string>
#include <string_view>

#include <pith/io/file.hpp>

#include "seeds.hpp"

int main(int count, char** arguments) {
    if (count != 3)
        return 2;
    const std::string folder = arguments[2];
    bool done = true;
    const auto write = [&](const std::string& name, const fuzz::bytes& file) {
        done = done && !file.empty() && pith::io::write_file(folder + "/" + name, file);
    };
    if (std::string_view(arguments[1]) == "onnx") {
        write("small.onnx", fuzz::small_onnx());
    } else {
        write("float.pith", fuzz::float_program());
        write("int8.pith", fuzz::int8_program());
        write("low_bit.pith", fuzz::low_bit_program());
    }
    return done ? 0 : 1;
}
