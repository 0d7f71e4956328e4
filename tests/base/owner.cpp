// SPDX-License-Identifier: MIT
#include "pith/base/owner.hpp"

#include <doctest/doctest.h>
#include <utility>
#include <vector>

namespace {
int living = 0;
struct animal {
    animal() { ++living; }
    animal(const animal&) { ++living; }
    virtual ~animal() { --living; }
    [[nodiscard]] virtual int legs() const { return 0; }
};
struct dog : animal {
    [[nodiscard]] int legs() const override { return 4; }
};
} // namespace

TEST_CASE("owner: ends what it owns once, moved or not") {
    {
        pith::owner<dog> a(new dog);
        CHECK(living == 1);
        pith::owner<dog> b(std::move(a));
        CHECK(!a);
        CHECK(b->legs() == 4);
        a = std::move(b);
        a = pith::owner<dog>(new dog);
        CHECK(living == 1);
        delete a.release();
        CHECK(living == 0);
    }
    CHECK(living == 0);
}

TEST_CASE("shared: the last owner ends the object, through its base too") {
    {
        pith::shared<const animal> kept;
        CHECK(kept == nullptr);
        {
            const auto made = pith::shared_of<dog>();
            kept = made;
            std::vector<pith::shared<const animal>> more(3, kept);
            more.push_back(std::move(more[0]));
            CHECK(living == 1);
        }
        CHECK(living == 1);
        CHECK(kept->legs() == 4);
        const auto self = kept;
        kept = self;
        kept = nullptr;
        CHECK(living == 1);
    }
    CHECK(living == 0);
}
