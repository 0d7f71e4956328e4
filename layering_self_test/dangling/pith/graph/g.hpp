#include <vector>
#include "../base/a.hpp"
#include "gone.hpp"
