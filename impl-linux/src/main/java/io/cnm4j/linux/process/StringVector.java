package io.cnm4j.linux.process;

import io.cnm4j.linux.libc.LibC;
import java.nio.charset.Charset;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** Strings as exec(3) wants them: an array of addresses that ends with null, then the strings, in one piece of native memory. */
final class StringVector {
    private static final Charset NATIVE = Charset.forName(System.getProperty("native.encoding", "UTF-8"));

    private final Pointer memory;

    StringVector(List<String> strings) {
        List<byte[]> texts = strings.stream().map(s -> s.getBytes(NATIVE)).toList();
        int at = (texts.size() + 1) * Long.BYTES;
        int size = at + texts.stream().mapToInt(text -> text.length + 1).sum();
        memory = Memory.allocateDirect(LibC.runtime(), size, true);
        for (int i = 0; i < texts.size(); i++) {
            byte[] text = texts.get(i);
            memory.putLong((long) i * Long.BYTES, memory.address() + at);
            memory.put(at, text, 0, text.length);
            at += text.length + 1;
        }
    }

    /** Valid while this object is reachable. */
    long address() {
        return memory.address();
    }
}
