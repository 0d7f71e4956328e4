#include <cstddef>
#include <iostream>
