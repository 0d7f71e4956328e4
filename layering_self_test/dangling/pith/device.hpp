#include "kernel/k.hpp"
