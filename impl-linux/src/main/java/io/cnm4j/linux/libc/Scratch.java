package io.cnm4j.linux.libc;

import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** A page of native memory of the calling thread, for the arguments of one call at a time. */
public final class Scratch {
    /** Its size in octets. */
    public static final int SIZE = 4096;

    private static final ThreadLocal<Pointer> OF_THREAD =
            ThreadLocal.withInitial(() -> Memory.allocateDirect(LibC.runtime(), SIZE, true));

    private Scratch() {}

    /** Returns the page; what it holds is left from the last use. The thread keeps it alive. */
    public static Pointer page() {
        return OF_THREAD.get();
    }
}
