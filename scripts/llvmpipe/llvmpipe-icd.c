/* A Vulkan driver that lets Chromium's WebGPU run on Mesa's CPU driver (llvmpipe), which has shader-f16.
 *
 * Chromium accepts one CPU adapter only: SwiftShader, loaded as libvk_swiftshader.so from Chromium's own folder, and SwiftShader
 * has no shader-f16. Built under that name and put into a copy of the folder, this file forwards every call to Mesa and answers
 * with SwiftShader's identity (vendor 0x1AE0, device 0xC0DE, type CPU); nothing else is changed.
 *
 * Interface: the Vulkan loader and driver interface, version 5 (vk_icd* entry points). The two structs below are the heads of
 * VkPhysicalDeviceProperties and VkPhysicalDeviceProperties2 (Vulkan 1.3, sections 5.1 and 5.2); only the head is touched.
 * LLVMPIPE_ICD names Mesa's libvulkan_lvp.so. Dawn refuses Mesa older than 25.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum { SWIFTSHADER_VENDOR = 0x1AE0, SWIFTSHADER_DEVICE = 0xC0DE, DEVICE_TYPE_CPU = 4 };

typedef void (*AnyFunction)(void);
typedef AnyFunction (*FindFunction)(void *owner, const char *name);

typedef struct {
  uint32_t api_version;
  uint32_t driver_version;
  uint32_t vendor;
  uint32_t device;
  uint32_t type;
} DeviceProperties;

typedef struct {
  uint32_t structure_type;
  void *next;
  DeviceProperties properties;
} DeviceProperties2;

typedef void (*ReadProperties)(void *device, DeviceProperties *out);
typedef void (*ReadProperties2)(void *device, DeviceProperties2 *out);
typedef int32_t (*Negotiate)(uint32_t *version);

static FindFunction mesa_find_instance, mesa_find_device;
static Negotiate mesa_negotiate;
static ReadProperties mesa_properties;
static ReadProperties2 mesa_properties2, mesa_properties2_khr;

static void open_mesa(void) {
  if (mesa_find_instance) return;
  const char *path = getenv("LLVMPIPE_ICD");
  void *mesa = dlopen(path ? path : "libvulkan_lvp.so", RTLD_NOW | RTLD_LOCAL);
  if (!mesa) {
    fprintf(stderr, "llvmpipe-icd: expected Mesa's llvmpipe driver, got: %s. Run the provisioning again.\n", dlerror());
    abort();
  }
  mesa_negotiate = (Negotiate)dlsym(mesa, "vk_icdNegotiateLoaderICDInterfaceVersion");
  mesa_find_device = (FindFunction)dlsym(mesa, "vk_icdGetPhysicalDeviceProcAddr");
  mesa_find_instance = (FindFunction)dlsym(mesa, "vk_icdGetInstanceProcAddr");
}

static void rename_device(DeviceProperties *properties) {
  properties->vendor = SWIFTSHADER_VENDOR;
  properties->device = SWIFTSHADER_DEVICE;
  properties->type = DEVICE_TYPE_CPU;
}

static void read_properties(void *device, DeviceProperties *out) {
  mesa_properties(device, out);
  rename_device(out);
}

static void read_properties2(void *device, DeviceProperties2 *out) {
  mesa_properties2(device, out);
  rename_device(&out->properties);
}

static void read_properties2_khr(void *device, DeviceProperties2 *out) {
  mesa_properties2_khr(device, out);
  rename_device(&out->properties);
}

/* Mesa's function of that name, or ours where it reports who the device is. */
static AnyFunction with_our_name(const char *name, AnyFunction mesa_function) {
  if (!mesa_function) return NULL;
  if (strcmp(name, "vkGetPhysicalDeviceProperties") == 0) {
    mesa_properties = (ReadProperties)mesa_function;
    return (AnyFunction)read_properties;
  }
  if (strcmp(name, "vkGetPhysicalDeviceProperties2") == 0) {
    mesa_properties2 = (ReadProperties2)mesa_function;
    return (AnyFunction)read_properties2;
  }
  if (strcmp(name, "vkGetPhysicalDeviceProperties2KHR") == 0) {
    mesa_properties2_khr = (ReadProperties2)mesa_function;
    return (AnyFunction)read_properties2_khr;
  }
  return mesa_function;
}

EXPORT AnyFunction vk_icdGetInstanceProcAddr(void *instance, const char *name) {
  open_mesa();
  return with_our_name(name, mesa_find_instance(instance, name));
}

EXPORT AnyFunction vk_icdGetPhysicalDeviceProcAddr(void *instance, const char *name) {
  open_mesa();
  return mesa_find_device ? with_our_name(name, mesa_find_device(instance, name)) : NULL;
}

EXPORT int32_t vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *version) {
  open_mesa();
  return mesa_negotiate(version);
}

/* Dawn opens the file directly and asks for this one instead of the vk_icd entry points. */
EXPORT AnyFunction vkGetInstanceProcAddr(void *instance, const char *name) {
  if (strcmp(name, "vkGetInstanceProcAddr") == 0) return (AnyFunction)vkGetInstanceProcAddr;
  return vk_icdGetInstanceProcAddr(instance, name);
}
