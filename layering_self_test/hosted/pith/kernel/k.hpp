#include "../base/a.hpp"
