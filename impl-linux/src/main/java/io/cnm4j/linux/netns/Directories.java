package io.cnm4j.linux.netns;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;

/** Directories that are made when something in them is. */
final class Directories {
    private Directories() {}

    /** Returns the directory of an absolute path. */
    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    /** Makes a directory; those above it that are missing get 0700. Fine if it is there. */
    static void make(String path, int mode) {
        int errno = mkdir(path, mode);
        if (errno == Errno.ENOENT && path.length() > 1) {
            make(parent(path), 0700);
            errno = mkdir(path, mode);
        }
        if (errno != 0 && errno != Errno.EEXIST) {
            throw Errno.failed("mkdir " + path, errno);
        }
    }

    private static int mkdir(String path, int mode) {
        return CALLS.mkdir(path, mode) == 0 ? 0 : LibC.errno();
    }
}
