package io.cnm4j.benchmarks.vxlan;

import io.cnm4j.linux.vxlan.codec.Checksum;
import io.cnm4j.linux.vxlan.codec.Frame;
import io.cnm4j.linux.vxlan.codec.TcpMerge;
import io.cnm4j.linux.vxlan.codec.TcpSplit;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to cut a TCP frame of 64,000 octets and to join its parts; the floor is a copy of the same octets. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TcpBenchmark {
    private static final int PAYLOAD = 64_000;
    private static final int HEADERS = 54;
    private static final int SPACE = 200_000;

    /** Octets of payload in each part. */
    @Param({"1398", "8948"})
    public int size;

    private final ByteBuffer large = ByteBuffer.allocateDirect(SPACE);
    private final ByteBuffer heads = ByteBuffer.allocateDirect(SPACE);
    private final ByteBuffer parts = ByteBuffer.allocateDirect(SPACE);
    private final Frame frame = new Frame();
    private final TcpSplit split = new TcpSplit();
    private final TcpMerge merge = new TcpMerge();

    /** Makes the frame and its parts. */
    @Setup
    public void make() {
        for (int i = 0; i < PAYLOAD + HEADERS; i++) {
            large.put(i, (byte) (i * 31));
        }
        large.putShort(12, (short) Frame.IPV4).putInt(14, 0x4500_0000 | (PAYLOAD + HEADERS - 14));
        large.putInt(18, 0x4000).putInt(22, 0x4006_0000);
        large.putShort(24, (short) Checksum.of(Checksum.sum(large, 14, 20)));
        large.putShort(46, (short) 0x5010).putShort(52, (short) 0);
        frame.read(large, 0, PAYLOAD + HEADERS);
        if (!split.begin(large, frame, size)) {
            throw new IllegalStateException("the frame of the benchmark is not sound");
        }
        int at = 0;
        for (int i = 0; i < split.segments(); i++) {
            split.write(i, parts, at);
            parts.put(at + HEADERS, large, split.payload(i), split.payloadLength(i));
            at += HEADERS + split.payloadLength(i);
        }
    }

    /** The floor. */
    @Benchmark
    public ByteBuffer copy() {
        return heads.put(0, large, 0, PAYLOAD + HEADERS);
    }

    /** All headers of all parts, with checksums of all payloads. */
    @Benchmark
    public int cut() {
        frame.read(large, 0, PAYLOAD + HEADERS);
        split.begin(large, frame, size);
        for (int i = 0; i < split.segments(); i++) {
            split.write(i, heads, i * 64);
        }
        return split.segments();
    }

    /** All checks of all parts, and the headers of the whole. */
    @Benchmark
    public int join() {
        int at = 0;
        for (int i = 0; at < PAYLOAD + (i + 1) * HEADERS && i < split.segments(); i++) {
            int part = HEADERS + split.payloadLength(i);
            frame.read(parts, at, part);
            boolean taken = i == 0 ? merge.begin(parts, frame) : merge.join(parts, frame);
            if (!taken) {
                throw new IllegalStateException("part " + i + " does not follow");
            }
            at += part;
        }
        return merge.segments(); // not finished: the parts are used again
    }
}
