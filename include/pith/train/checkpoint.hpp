// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_CHECKPOINT_HPP
#define PITH_TRAIN_CHECKPOINT_HPP
/// A training on disk: read back, it goes on to the same bits as if it had never stopped. The file holds the
/// numbers that change, in this machine's byte order; the network and the options come from the program, and
/// the file tells whether they are those it was written with. (The loss and the images are not in it.)

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "../base/file.hpp"
#include "../base/result.hpp"
#include "trainer.hpp"

namespace pith::train {

namespace detail {

inline constexpr std::uint64_t checkpoint_mark = 0x32504B4348544950u;       // "PITHCKP2"
inline constexpr std::uint64_t first_checkpoint_mark = 0x31504B4348544950u; // said too little of its training

/// What a file begins with. The settings follow, the memories, each behind its size, and a digest of all.
struct checkpoint_head {
    std::uint64_t mark = checkpoint_mark;
    std::uint64_t element_bytes = 0;
    std::uint64_t layers = 0;
    std::uint64_t parameters = 0;
    std::uint64_t network = 0; ///< digest
    std::uint64_t batch = 0;   ///< images of one
    std::uint64_t seed = 0;
    std::uint64_t optimizer = 0; ///< index of any_optimizer
    std::uint64_t schedule = 0;  ///< index of any_schedule
    std::uint64_t epochs = 0;
    std::uint64_t images = 0; ///< of the data set; 0 before the first step
    std::uint64_t epoch = 0;
    std::uint64_t at_batch = 0;
    std::uint64_t step = 0;
    std::uint64_t settings = 0;
    std::uint64_t memories = 0;
};

/// FNV-1a, to notice files cut short or changed, and other networks.
class digest {
public:
    void add(std::span<const std::byte> bytes) noexcept {
        for (const auto b : bytes)
            sum_ = (sum_ ^ std::to_integer<std::uint64_t>(b)) * 0x100000001B3u;
    }
    void add(std::string_view text) noexcept {
        add(text.size());
        add(std::span<const std::byte>(reinterpret_cast<const std::byte*>(text.data()), text.size()));
    }
    void add(std::uint64_t n) noexcept {
        add(std::span<const std::byte>(reinterpret_cast<const std::byte*>(&n), sizeof n));
    }
    void add(const shape& dims) noexcept {
        add(std::uint64_t{dims.rank()});
        for (const auto d : dims)
            add(static_cast<std::uint64_t>(d));
    }
    [[nodiscard]] std::uint64_t sum() const noexcept { return sum_; }

private:
    std::uint64_t sum_ = 0xCBF29CE484222325u;
};

[[nodiscard]] inline std::uint64_t digest_of(std::span<const std::byte> bytes) noexcept {
    digest d;
    d.add(bytes);
    return d.sum();
}

template <class E>
void append(std::vector<std::byte>& to, const E* from, std::size_t count) {
    const auto* bytes = reinterpret_cast<const std::byte*>(from);
    to.insert(to.end(), bytes, bytes + count * sizeof(E));
}

/// An option that decides what becomes of a training.
struct setting {
    const char* name;
    double value;
};
using settings = std::vector<setting>;

inline void add_settings(settings& s, const sgd& o) {
    s.insert(s.end(), {{"momentum", o.momentum},
                       {"Nesterov's momentum", o.nesterov ? 1. : 0.},
                       {"weight decay", o.weight_decay}});
}
inline void add_settings(settings& s, const adam& o) {
    s.insert(s.end(), {{"beta1", o.beta1},
                       {"beta2", o.beta2},
                       {"epsilon", o.epsilon},
                       {"weight decay", o.weight_decay},
                       {"coupled weight decay", o.coupled ? 1. : 0.}});
}
inline void add_settings(settings&, const constant_rate&) {}
inline void add_settings(settings& s, const step_rate& r) {
    s.push_back({"number of milestones", static_cast<double>(r.milestones.size())});
    s.push_back({"factor at milestones", r.factor});
    for (const double m : r.milestones)
        s.push_back({"milestone", m});
}
inline void add_settings(settings& s, const cosine_rate& r) {
    s.insert(s.end(), {{"warm-up", r.warm_up}, {"last rate", r.last}});
}
inline void add_settings(settings& s, const one_cycle_rate& r) {
    s.insert(s.end(), {{"peak of the rate", r.peak}, {"first rate", r.first}, {"last rate", r.last}});
}

[[nodiscard]] inline settings settings_of(const trainer_options& o) {
    settings s{{"rate", o.rate},
               {"rate of biases", o.bias_rate},
               {"rate of ranges", o.range_rate},
               {"momentum of statistics", o.tape.norm_momentum},
               {"translation", static_cast<double>(o.change.translate)},
               {"mirrored images", o.change.flip ? 1. : 0.},
               {"cutout", static_cast<double>(o.change.cutout)},
               {"moving average", o.average ? o.average->decay : 0.}};
    std::visit([&](const auto& of) { add_settings(s, of); }, o.optimizer);
    std::visit([&](const auto& of) { add_settings(s, of); }, o.schedule);
    return s;
}

/// Layers, sizes, names, what is learned, and the levels of what trains in codes.
template <class T, class Layers>
[[nodiscard]] std::uint64_t digest_of_network(const tape<T, Layers>& net) {
    digest d;
    const auto& g = net.network_at_batch();
    for (const auto& n : g.nodes) {
        d.add(kind_of(n.layer));
        for (const auto id : n.inputs)
            d.add(std::uint64_t{id});
        for (const auto id : n.outputs)
            d.add(std::uint64_t{id});
    }
    for (const auto& v : g.values)
        d.add(v.dims);
    for (const auto& p : net.parameters()) {
        d.add(std::string_view(p.name));
        d.add(static_cast<std::uint64_t>(p.kind));
        d.add(std::uint64_t{p.value.size()});
    }
    for (const auto& q : net.quantized()) {
        const std::vector<T> nothing(q.by->parameters());
        d.add(std::uint64_t{q.id});
        d.add(std::uint64_t{q.by->scales()});
        for (const auto level : q.by->levels(std::span<const T>(nothing)))
            d.add(static_cast<std::uint64_t>(level));
    }
    return d.sum();
}

template <class T, class Layers>
[[nodiscard]] checkpoint_head head_of(trainer<T, Layers>& t) {
    const auto& o = t.options();
    checkpoint_head h;
    h.element_bytes = sizeof(T);
    h.layers = t.network_tape().network_at_batch().nodes.size();
    for (const auto& p : t.network_tape().parameters())
        h.parameters += p.value.size();
    h.network = digest_of_network(t.network_tape());
    h.batch = t.network_tape().batch();
    h.seed = o.seed;
    h.optimizer = o.optimizer.index();
    h.schedule = o.schedule.index();
    h.epochs = o.epochs;
    h.images = t.images();
    h.epoch = t.at().epoch;
    h.at_batch = t.at().batch;
    h.step = t.at().step;
    h.settings = settings_of(o).size();
    h.memories = t.memories().size();
    return h;
}

[[nodiscard]] inline fault differs(errc code, const char* sentence, const std::string& there,
                                   const std::string& here) {
    return {code, sentence, there + " in the checkpoint, " + here + " here"};
}
[[nodiscard]] inline fault differs(errc code, const char* sentence, std::uint64_t there, std::uint64_t here) {
    return differs(code, sentence, std::to_string(there), std::to_string(here));
}

[[nodiscard]] inline std::string name_of(const char* const* names, std::size_t count, std::uint64_t index) {
    return index < count ? names[index] : "number " + std::to_string(index);
}

/// Whether a checkpoint is of this training.
[[nodiscard]] inline result<void> check_head(const checkpoint_head& there, const checkpoint_head& here) {
    static constexpr const char* optimizers[] = {"sgd", "adam"};
    static constexpr const char* schedules[] = {"constant", "step", "cosine", "one-cycle"};
    static_assert(std::size(optimizers) == std::variant_size_v<any_optimizer>);
    static_assert(std::size(schedules) == std::variant_size_v<any_schedule>);
    const auto names = [](const auto& list, std::uint64_t i) { return name_of(list, std::size(list), i); };
    if (there.element_bytes != here.element_bytes)
        return differs(errc::bad_file, "the checkpoint has numbers of another width", there.element_bytes,
                       here.element_bytes);
    if (there.layers != here.layers)
        return differs(errc::bad_file, "the checkpoint is of another network; its number of layers differs",
                       there.layers, here.layers);
    if (there.parameters != here.parameters)
        return differs(errc::bad_file,
                       "the checkpoint is of another network; its number of parameters differs",
                       there.parameters, here.parameters);
    if (there.batch != here.batch)
        return differs(errc::bad_option, "the checkpoint is of a training with another batch size",
                       there.batch, here.batch);
    if (there.network != here.network)
        return differs(errc::bad_file,
                       "the checkpoint is of another network; layers, sizes, names or quantizers differ, and "
                       "so do their digests",
                       there.network, here.network);
    if (there.seed != here.seed)
        return differs(errc::bad_option, "the checkpoint is of a training with another seed", there.seed,
                       here.seed);
    if (there.optimizer != here.optimizer)
        return differs(errc::bad_option, "the checkpoint is of a training with another optimizer",
                       names(optimizers, there.optimizer), names(optimizers, here.optimizer));
    if (there.schedule != here.schedule)
        return differs(errc::bad_option, "the checkpoint is of a training with another schedule",
                       names(schedules, there.schedule), names(schedules, here.schedule));
    if (there.epochs != here.epochs && here.schedule != any_schedule(constant_rate{}).index())
        return differs(errc::bad_option,
                       "the checkpoint is of a training over another number of epochs, on which its schedule "
                       "depends",
                       there.epochs, here.epochs);
    if (there.settings != here.settings || there.memories != here.memories)
        return fault{errc::bad_file, "the checkpoint has another number of settings or memories"};
    return {};
}

/// Whether a training can stand where a checkpoint says.
[[nodiscard]] inline result<void> check_position(const checkpoint_head& there, std::uint64_t epochs) {
    if (there.epoch > epochs)
        return fault{errc::bad_option, "the checkpoint is of a later epoch than the training has",
                     "epoch " + std::to_string(there.epoch) + " in the checkpoint, " +
                         std::to_string(epochs) + " epochs here"};
    const std::uint64_t batches = there.images / there.batch;
    const bool begun = there.epoch != 0 || there.at_batch != 0 || there.step != 0;
    const bool ended = there.epoch == epochs;
    if (begun && (there.at_batch >= batches || (ended && there.at_batch != 0)))
        return fault{errc::bad_file, "the checkpoint is of a batch that its epoch does not have",
                     "batch " + std::to_string(there.at_batch) + " of " + std::to_string(batches)};
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    if (begun && (there.epoch > (most - there.at_batch) / batches ||
                  there.step != there.epoch * batches + there.at_batch))
        return fault{errc::bad_file, "the checkpoint's number of steps does not fit its epoch and batch",
                     "step " + std::to_string(there.step) + ", epoch " + std::to_string(there.epoch) +
                         " of " + std::to_string(batches) + " batches, batch " +
                         std::to_string(there.at_batch)};
    return {};
}

/// @param bytes of the settings in a checkpoint
[[nodiscard]] inline result<void> check_settings(const std::byte* bytes, const settings& here) {
    for (const auto& s : here) {
        double there = 0;
        std::memcpy(&there, bytes, sizeof there);
        bytes += sizeof there;
        if (there != s.value)
            return fault{errc::bad_option, "the checkpoint is of a training with other options",
                         std::string(s.name) + " " + std::to_string(there) + " in the checkpoint, " +
                             std::to_string(s.value) + " here"};
    }
    return {};
}

/// Copies the memories out of a checkpoint. Nothing is changed unless everything fits.
template <class T>
[[nodiscard]] result<void> copy_memories(const std::byte* const bytes,
                                         std::span<const std::span<T>> memories) {
    const std::byte* from = bytes;
    for (const auto& m : memories) {
        std::uint64_t size = 0;
        std::memcpy(&size, from, sizeof size);
        from += sizeof size;
        if (size != m.size())
            return differs(errc::bad_file, "the checkpoint is of another network; a memory's size differs",
                           size, m.size());
        for (std::size_t i = 0; i < m.size(); ++i, from += sizeof(T)) {
            T number{};
            std::memcpy(&number, from, sizeof number);
            if (!std::isfinite(number))
                return fault{errc::bad_file, "the checkpoint holds numbers that are not finite"};
        }
    }
    from = bytes;
    for (const auto& m : memories) {
        from += sizeof(std::uint64_t);
        if (!m.empty())
            std::memcpy(m.data(), from, m.size_bytes());
        from += m.size_bytes();
    }
    return {};
}

/// Bytes of a checkpoint of this training.
template <class T>
[[nodiscard]] std::size_t checkpoint_size(std::size_t options,
                                          std::span<const std::span<T>> memories) noexcept {
    std::size_t size = sizeof(checkpoint_head) + options * sizeof(double) + sizeof(std::uint64_t);
    for (const auto& m : memories)
        size += sizeof(std::uint64_t) + m.size_bytes();
    return size;
}

/// @return the head of a file that is a whole checkpoint, of whatever training
[[nodiscard]] inline result<checkpoint_head> read_head(std::span<const std::byte> bytes) {
    checkpoint_head h;
    if (bytes.size() < sizeof h.mark)
        return fault{errc::bad_file, "the checkpoint is cut short"};
    std::memcpy(&h.mark, bytes.data(), sizeof h.mark);
    if (h.mark == first_checkpoint_mark)
        return fault{errc::unsupported,
                     "the checkpoint is of an earlier version of this library; begin the training anew"};
    if (h.mark != checkpoint_mark)
        return fault{errc::bad_file, "the file is not a checkpoint of a training"};
    std::uint64_t sum = 0;
    if (bytes.size() < sizeof h + sizeof sum)
        return fault{errc::bad_file, "the checkpoint is cut short"};
    std::memcpy(&h, bytes.data(), sizeof h);
    std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
    if (sum != digest_of(bytes.first(bytes.size() - sizeof sum)))
        return fault{errc::bad_file, "the checkpoint is damaged: its check sum does not fit"};
    return h;
}

} // namespace detail

/// The bytes of a checkpoint.
template <class T, class Layers>
[[nodiscard]] std::vector<std::byte> checkpoint_bytes(trainer<T, Layers>& t) {
    std::vector<std::byte> out;
    const auto head = detail::head_of(t);
    detail::append(out, &head, 1);
    for (const auto& s : detail::settings_of(t.options()))
        detail::append(out, &s.value, 1);
    for (const auto& m : t.memories()) {
        const std::uint64_t size = m.size();
        detail::append(out, &size, 1);
        detail::append(out, m.data(), m.size());
    }
    const std::uint64_t sum = detail::digest_of(std::span<const std::byte>(out));
    detail::append(out, &sum, 1);
    return out;
}

/// Brings a trainer made with the same network and options to where the checkpoint was taken. Whether the
/// data set is the same size is seen by the next step.
template <class T, class Layers>
[[nodiscard]] result<void> resume_from(trainer<T, Layers>& t, std::span<const std::byte> bytes) {
    const auto head = detail::read_head(bytes);
    if (!head)
        return head.error();
    PITH_TRY(detail::check_head(*head, detail::head_of(t)));
    PITH_TRY(detail::check_position(*head, t.options().epochs));
    const auto settings = detail::settings_of(t.options());
    const auto memories = t.memories();
    const std::span<const std::span<T>> all(memories);
    const std::byte* const behind_head = bytes.data() + sizeof(detail::checkpoint_head);
    if (bytes.size() >= detail::checkpoint_size(settings.size(), std::span<const std::span<T>>{}))
        PITH_TRY(detail::check_settings(behind_head, settings));
    if (bytes.size() != detail::checkpoint_size(settings.size(), all))
        return detail::differs(errc::bad_file, "the checkpoint has another number of bytes", bytes.size(),
                               detail::checkpoint_size(settings.size(), all));
    PITH_TRY(detail::copy_memories(behind_head + settings.size() * sizeof(double), all));
    t.move_to({head->epoch, head->at_batch, head->step}, static_cast<std::size_t>(head->images));
    return {};
}

/// A crash leaves the old checkpoint whole (see write_file).
template <class T, class Layers>
[[nodiscard]] result<void> save_checkpoint(trainer<T, Layers>& t, const std::string& path) {
    return write_file(path, checkpoint_bytes(t));
}

/// resume_from() of a file.
template <class T, class Layers>
[[nodiscard]] result<void> load_checkpoint(trainer<T, Layers>& t, const std::string& path) {
    constexpr std::uint64_t most_of_others = std::uint64_t{1} << 27; // enough to say how they differ
    const auto memories = t.memories();
    const auto own = detail::checkpoint_size(detail::settings_of(t.options()).size(),
                                             std::span<const std::span<T>>(memories));
    const auto bytes = read_file(path, own + most_of_others);
    if (!bytes)
        return bytes.error();
    const auto done = resume_from(t, std::span<const std::byte>(*bytes));
    if (done)
        return {};
    const fault& f = done.error();
    return fault{f.code, f.what, f.where[0] == '\0' ? path : path + ": " + f.where};
}

} // namespace pith::train

#endif
