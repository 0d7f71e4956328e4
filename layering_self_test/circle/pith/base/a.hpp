#include <cstddef>
#include "b.hpp"
