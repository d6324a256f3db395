// What nearly every test includes; precompiled once.
#include <gtest/gtest.h>

#include <algorithm>

#include "cmake/precompiled.h"
