#  include <pith/base/a.hpp>
