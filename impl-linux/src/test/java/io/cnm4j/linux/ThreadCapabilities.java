package io.cnm4j.linux;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/** Takes capabilities(7) from the calling thread alone, for a while. */
public final class ThreadCapabilities implements AutoCloseable {
    private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
    private static final int VERSION_3 = 0x20080522;
    private static final int CAP_NET_ADMIN = 12;
    private static final int EFFECTIVE = 0;

    private final Pointer header = Memory.allocateDirect(Runtime.getRuntime(LIBC), 8, true);
    private final Pointer data = Memory.allocateDirect(Runtime.getRuntime(LIBC), 24, true);
    private final int before;

    /** capget(2) and capset(2); public because jnr-ffi implements it. */
    public interface LibC {
        int capget(Pointer header, Pointer data);

        int capset(Pointer header, Pointer data);
    }

    private ThreadCapabilities() {
        header.putInt(0, VERSION_3);
        check(LIBC.capget(header, data));
        before = data.getInt(EFFECTIVE);
    }

    /** Takes CAP_NET_ADMIN from this thread until it is closed, by the same thread. */
    public static ThreadCapabilities withoutNetAdmin() {
        var taken = new ThreadCapabilities();
        taken.set(taken.before & ~(1 << CAP_NET_ADMIN));
        return taken;
    }

    private void set(int effective) {
        data.putInt(EFFECTIVE, effective);
        check(LIBC.capset(header, data));
    }

    private static void check(int result) {
        if (result != 0) {
            throw new AssertionError("capget or capset failed");
        }
    }

    @Override
    public void close() {
        set(before);
    }
}
