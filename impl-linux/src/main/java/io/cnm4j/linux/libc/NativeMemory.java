package io.cnm4j.linux.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Pointer;

/**
 * Memory that the kernel reads and writes, with its address. It lives as long as this object.
 *
 * @param octets all of it
 * @param address of the first octet
 */
public record NativeMemory(ByteBuffer octets, long address) {
    /** Returns zeroed memory for frames, big-endian. */
    public static NativeMemory frames(int size) {
        return of(ByteBuffer.allocateDirect(size));
    }

    /** Returns zeroed memory for structures of the kernel, in the order of this machine. */
    public static NativeMemory structures(int size) {
        return of(ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder()));
    }

    private static NativeMemory of(ByteBuffer octets) {
        return new NativeMemory(octets, Pointer.wrap(LibC.runtime(), octets).address());
    }
}
