package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;

/** What the kernel takes as the name of an interface: dev_valid_name in net/core/dev.c. */
public final class InterfaceNames {
    /** IFNAMSIZ less its NUL, include/uapi/linux/if.h. */
    public static final int MAX_LENGTH = 15;

    private InterfaceNames() {}

    /**
     * Returns the name.
     *
     * @throws InvalidRequestException if the kernel would refuse it
     */
    public static String check(String name) {
        boolean shape = !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().allMatch(c -> c > ' ' && c < 127 && c != '/' && c != ':' && c != '%');
        if (!shape || name.length() > MAX_LENGTH) {
            throw new InvalidRequestException("interface name '" + name + "' must be 1 to " + MAX_LENGTH
                    + " printable ASCII characters without space, '/', ':' or '%'; it has " + name.length());
        }
        return name;
    }
}
