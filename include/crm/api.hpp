/// Marks what the library exports; everything else stays hidden.
#pragma once

#if defined(_WIN32)
#define CRM_API
#else
#define CRM_API __attribute__((visibility("default")))
#endif
