#include "../base/a.hpp"
#include "../graph/g.hpp"
