// SPDX-License-Identifier: MIT
#ifndef PITH_BENCHMARKS_SHAPES_HPP
#define PITH_BENCHMARKS_SHAPES_HPP
/// Layers of real networks, to time kernels on.

#include <cstdint>

namespace pith::benchmarks {

/// A convolution, or with one pixel and a 1x1 kernel a dense layer. `rows` and `columns` are the output's;
/// the kernel finds its padding in memory.
struct conv_shape {
    const char* name;
    std::uint32_t rows, columns;
    std::uint32_t inputs, outputs; ///< channels; for a depthwise layer `inputs` are both
    std::uint32_t kernel_rows = 1, kernel_columns = 1;
    std::uint32_t stride = 1;
    bool residual = false; ///< another tensor of the output's shape is added

    /// Input columns and rows, the border included.
    [[nodiscard]] constexpr std::uint32_t image_columns() const {
        return (columns - 1) * stride + kernel_columns;
    }
    [[nodiscard]] constexpr std::uint32_t image_rows() const { return (rows - 1) * stride + kernel_rows; }
    [[nodiscard]] constexpr double macs() const {
        return static_cast<double>(rows) * columns * inputs * outputs * kernel_rows * kernel_columns;
    }
    [[nodiscard]] constexpr double depthwise_macs() const { return macs() / outputs; }
};

inline constexpr conv_shape conv_shapes[] = {
    {"resnet20/conv1", 32, 32, 3, 16, 3, 3},
    {"resnet20/stage1", 32, 32, 16, 16, 3, 3},
    {"resnet20/stage1_add", 32, 32, 16, 16, 3, 3, 1, true},
    {"resnet20/stage2_down", 16, 16, 16, 32, 3, 3, 2},
    {"resnet20/stage2", 16, 16, 32, 32, 3, 3},
    {"resnet20/stage2_add", 16, 16, 32, 32, 3, 3, 1, true},
    {"resnet20/stage3_down", 8, 8, 32, 64, 3, 3, 2},
    {"resnet20/stage3", 8, 8, 64, 64, 3, 3},
    {"resnet20/dense", 1, 1, 64, 10},
    {"resnet8/shortcut2", 16, 16, 16, 32, 1, 1, 2},
    {"resnet8/shortcut3", 8, 8, 32, 64, 1, 1, 2},
    {"mobilenet025/conv1", 48, 48, 3, 8, 3, 3, 2},
    {"mobilenet025/point1", 48, 48, 8, 16},
    {"mobilenet025/point2", 24, 24, 16, 32},
    {"mobilenet025/point3", 24, 24, 32, 32},
    {"mobilenet025/point4", 12, 12, 32, 64},
    {"mobilenet025/point5", 12, 12, 64, 64},
    {"mobilenet025/point6", 6, 6, 64, 128},
    {"mobilenet025/point7", 6, 6, 128, 128},
    {"mobilenet025/point12", 3, 3, 128, 256},
    {"mobilenet025/point13", 3, 3, 256, 256},
    {"dscnn/conv1", 25, 5, 1, 64, 10, 4, 2},
    {"dscnn/point", 25, 5, 64, 64},
    {"lenet/conv1", 24, 24, 1, 20, 5, 5},
    {"lenet/conv2", 8, 8, 20, 50, 5, 5},
    {"lenet/dense1", 1, 1, 800, 500},
    {"mlp/dense1", 1, 1, 784, 300},
    {"mlp/dense2", 1, 1, 300, 100},
    {"autoencoder/dense1", 1, 1, 640, 128},
    {"vgg/conv2", 32, 32, 128, 128, 3, 3},
    {"vgg/conv6", 8, 8, 512, 512, 3, 3},
    {"dense/4096x1000", 1, 1, 4096, 1000},
};

inline constexpr conv_shape depthwise_shapes[] = {
    {"mobilenet025/depth1", 48, 48, 8, 8, 3, 3},
    {"mobilenet025/depth2", 24, 24, 16, 16, 3, 3, 2},
    {"mobilenet025/depth3", 24, 24, 32, 32, 3, 3},
    {"mobilenet025/depth4", 12, 12, 32, 32, 3, 3, 2},
    {"mobilenet025/depth5", 12, 12, 64, 64, 3, 3},
    {"mobilenet025/depth6", 6, 6, 64, 64, 3, 3, 2},
    {"mobilenet025/depth7", 6, 6, 128, 128, 3, 3},
    {"mobilenet025/depth12", 3, 3, 128, 128, 3, 3, 2},
    {"mobilenet025/depth13", 3, 3, 256, 256, 3, 3},
    {"dscnn/depth", 25, 5, 64, 64, 3, 3},
    {"other/5x5", 28, 28, 72, 72, 5, 5},
    {"other/1x3", 16, 16, 48, 48, 1, 3},
};

/// Layers that are worth pruning.
inline constexpr conv_shape sparse_shapes[] = {
    {"resnet20/stage1", 32, 32, 16, 16, 3, 3},     {"resnet20/stage2", 16, 16, 32, 32, 3, 3},
    {"resnet20/stage3", 8, 8, 64, 64, 3, 3},       {"resnet50/stage1", 56, 56, 64, 64, 3, 3},
    {"resnet50/stage3_7x7", 7, 7, 512, 512, 3, 3}, {"point/192x1024x256", 1, 192, 1024, 256},
    {"point/1024x512x512", 1, 1024, 512, 512},     {"dense/784x300", 1, 1, 784, 300},
    {"dense/4096x1000", 1, 1, 4096, 1000},
};

} // namespace pith::benchmarks

#endif
