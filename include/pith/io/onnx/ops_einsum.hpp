// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_EINSUM_HPP
#define PITH_IO_ONNX_OPS_EINSUM_HPP
/// Einsum: its terms two by two as products of matrices between transposes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "ops_dense.hpp"
#include "windows.hpp"

namespace pith::io::onnx {

namespace detail {

/// The names of a term's axes; those that "..." stands for are negative, -1 the last of them.
using einsum_labels = std::vector<int>;

[[nodiscard]] inline bool holds(const einsum_labels& labels, int label) {
    return std::find(labels.begin(), labels.end(), label) != labels.end();
}

struct einsum_equation {
    std::vector<einsum_labels> terms;
    einsum_labels output;
};

/// @param hidden how many axes "..." stands for
template <class G>
[[nodiscard]] einsum_labels read_labels(const call<G>& c, std::string_view term, std::size_t hidden) {
    einsum_labels out;
    for (std::size_t i = 0; i < term.size(); ++i) {
        const char l = term[i];
        if (l == ' ')
            continue;
        if (l == '.') {
            c.expect(term.substr(i, 3) == "...", errc::bad_option, "the equation cannot be read");
            i += 2;
            for (std::size_t k = hidden; k > 0; --k)
                out.push_back(-static_cast<int>(k));
            continue;
        }
        c.expect((l >= 'a' && l <= 'z') || (l >= 'A' && l <= 'Z'), errc::bad_option,
                 "the equation cannot be read");
        out.push_back(l);
    }
    return out;
}

/// The axes that "..." hides of a term for a value of `rank`.
template <class G>
[[nodiscard]] std::size_t hidden_axes(const call<G>& c, std::string_view term, std::size_t rank) {
    if (term.find("...") == std::string_view::npos)
        return 0;
    const std::size_t named = read_labels(c, term, 0).size();
    c.expect(named <= rank, errc::bad_shape, "the equation does not fit the inputs");
    return rank - named;
}

template <class G>
[[nodiscard]] einsum_equation read_equation(call<G>& c) {
    const std::string_view text = c.text("equation", "");
    const std::size_t arrow = text.find("->");
    std::string_view left = text.substr(0, arrow);
    einsum_equation e;
    std::size_t most = 0;
    for (std::size_t i = 0; i < c.inputs(); ++i) {
        const std::size_t comma = std::min(left.find(','), left.size());
        c.expect((comma < left.size()) == (i + 1 < c.inputs()), errc::bad_option,
                 "the equation has another number of terms than the node has inputs");
        const std::string_view term = left.substr(0, comma);
        const std::size_t hidden = hidden_axes(c, term, c.raw(i).dims.rank());
        most = std::max(most, hidden);
        e.terms.push_back(read_labels(c, term, hidden));
        c.expect(e.terms.back().size() == c.raw(i).dims.rank(), errc::bad_shape,
                 "the equation does not fit the inputs");
        left.remove_prefix(std::min(comma + 1, left.size()));
    }
    if (arrow != std::string_view::npos) {
        e.output = read_labels(c, text.substr(arrow + 2), most);
    } else { // what "..." hides, then the names that stand once, by alphabet
        einsum_labels all;
        for (const auto& t : e.terms)
            all.insert(all.end(), t.begin(), t.end());
        std::sort(all.begin(), all.end());
        for (std::size_t k = most; k > 0; --k)
            e.output.push_back(-static_cast<int>(k));
        for (const int l : all)
            if (l > 0 && std::count(all.begin(), all.end(), l) == 1)
                e.output.push_back(l);
    }
    return e;
}

/// A value and the names of its axes.
struct einsum_term {
    operand x;
    einsum_labels labels;
};

/// Axes with the same name become their diagonal.
template <class G>
void take_diagonals(call<G>& c, einsum_term& t) {
    for (std::size_t i = 0; i < t.labels.size(); ++i)
        for (std::size_t k = t.labels.size(); k-- > i + 1;) {
            if (t.labels[k] != t.labels[i])
                continue;
            const std::int64_t n = t.x.dims[i];
            c.expect(t.x.dims[k] == n, errc::bad_shape, "axes of the same name have different sizes");
            std::vector<std::size_t> order;
            for (std::size_t a = 0; a < t.labels.size(); ++a)
                if (a != i && a != k)
                    order.push_back(a);
            order.insert(order.end(), {i, k});
            const operand last = transpose_to(c, t.x, order);
            const value_id plain = c.make.place(last);
            shape flat;
            for (std::size_t a = 0; a + 2 < last.dims.rank(); ++a)
                flat.push_back(last.dims[a]);
            flat.push_back(n * n);
            const std::size_t at = flat.rank() - 1;
            t.x = c.plain(cut(c, c.make.reshaped(plain, flat), at, 0, n, n + 1));
            const int label = t.labels[i];
            t.labels.erase(t.labels.begin() + static_cast<std::ptrdiff_t>(k));
            t.labels.erase(t.labels.begin() + static_cast<std::ptrdiff_t>(i));
            t.labels.push_back(label);
            return take_diagonals(c, t);
        }
}

/// Sums over the axes that `wanted` does not name.
template <class G>
void sum_away(call<G>& c, einsum_term& t, const einsum_labels& wanted) {
    std::vector<std::size_t> gone;
    einsum_labels left;
    for (std::size_t i = 0; i < t.labels.size(); ++i) {
        if (holds(wanted, t.labels[i]))
            left.push_back(t.labels[i]);
        else
            gone.push_back(i);
    }
    if (!gone.empty())
        t.x = reduce_over(c, reduce_op::sum, t.x, gone, false);
    t.labels = std::move(left);
}

/// The term with its axes in the order of `labels`, all of which it has.
template <class G>
[[nodiscard]] operand in_order(call<G>& c, const einsum_term& t, const einsum_labels& labels) {
    std::vector<std::size_t> order;
    for (const int l : labels)
        order.push_back(
            static_cast<std::size_t>(std::find(t.labels.begin(), t.labels.end(), l) - t.labels.begin()));
    return transpose_to(c, t.x, order);
}

/// The names of `a` that `b` has (or has not), where `kept` does (or does not) hold them.
[[nodiscard]] inline einsum_labels common(const einsum_labels& a, const einsum_labels& b, bool in_b,
                                          const einsum_labels* kept = nullptr, bool in_kept = false) {
    einsum_labels out;
    for (const int l : a)
        if (holds(b, l) == in_b && (kept == nullptr || holds(*kept, l) == in_kept))
            out.push_back(l);
    return out;
}

/// The product of two terms summed over what `wanted` does not name.
template <class G>
[[nodiscard]] einsum_term multiply_terms(call<G>& c, einsum_term a, einsum_term b,
                                         const einsum_labels& wanted) {
    einsum_labels either = wanted;
    either.insert(either.end(), b.labels.begin(), b.labels.end());
    sum_away(c, a, either);
    either = wanted;
    either.insert(either.end(), a.labels.begin(), a.labels.end());
    sum_away(c, b, either);
    const einsum_labels batch = common(a.labels, b.labels, true, &wanted, true);
    const einsum_labels inner = common(a.labels, b.labels, true, &wanted, false);
    const einsum_labels rows = common(a.labels, b.labels, false);
    const einsum_labels columns = common(b.labels, a.labels, false);
    const auto joined = [](std::initializer_list<const einsum_labels*> lists) {
        einsum_labels out;
        for (const auto* l : lists)
            out.insert(out.end(), l->begin(), l->end());
        return out;
    };
    const operand left = in_order(c, a, joined({&batch, &rows, &inner}));
    const operand right = in_order(c, b, joined({&batch, &inner, &columns}));
    const std::size_t n = batch.size();
    const auto matrix = [&](const operand& x, std::size_t first) {
        shape dims;
        for (std::size_t i = 0; i < n; ++i)
            dims.push_back(x.dims[i]);
        dims.push_back(x.dims.product(n, n + first));
        dims.push_back(x.dims.product(n + first, x.dims.rank()));
        c.expect(dims.rank() <= max_rank, errc::unsupported, "tensors have at most 8 dimensions here");
        return c.plain(c.make.reshaped(c.make.place(x), dims));
    };
    const operand y = multiply_matrices(c, matrix(left, rows.size()), matrix(right, inner.size()));
    shape dims;
    for (std::size_t i = 0; i < n; ++i)
        dims.push_back(y.dims[i]);
    for (std::size_t i = 0; i < rows.size(); ++i)
        push_dim(dims, left.dims[n + i], c.make.where());
    for (std::size_t i = 0; i < columns.size(); ++i)
        push_dim(dims, right.dims[n + inner.size() + i], c.make.where());
    return {reshape_to(c, y, dims), joined({&batch, &rows, &columns})};
}

} // namespace detail

template <class G>
void import_einsum(call<G>& c) {
    const auto e = detail::read_equation(c);
    c.expect(!e.terms.empty(), errc::bad_file, "the node lacks an input that its operator needs");
    detail::einsum_term y{c.in(0), e.terms[0]};
    detail::take_diagonals(c, y);
    for (std::size_t i = 1; i < e.terms.size(); ++i) {
        detail::einsum_term next{c.in(i), e.terms[i]};
        detail::take_diagonals(c, next);
        detail::einsum_labels wanted = e.output;
        for (std::size_t k = i + 1; k < e.terms.size(); ++k)
            wanted.insert(wanted.end(), e.terms[k].begin(), e.terms[k].end());
        y = detail::multiply_terms(c, std::move(y), std::move(next), wanted);
    }
    detail::sum_away(c, y, e.output);
    for (std::size_t i = 0; i < e.output.size(); ++i)
        c.expect(detail::holds(y.labels, e.output[i]) &&
                     std::count(e.output.begin(), e.output.end(), e.output[i]) == 1,
                 errc::bad_option, "the equation cannot be read");
    c.out(0, detail::in_order(c, y, e.output));
}

template <class G>
inline constexpr operator_entry<G> einsum_operators[] = {
    {"Einsum", &import_einsum<G>},
};

} // namespace pith::io::onnx

#endif
