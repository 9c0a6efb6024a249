package io.cnm4j.benchmarks.vxlan;

import io.cnm4j.linux.vxlan.codec.Checksum;
import io.cnm4j.linux.vxlan.codec.FlowHash;
import io.cnm4j.linux.vxlan.codec.Inner;
import io.cnm4j.linux.vxlan.codec.VxlanHeader;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What headers cost, for a frame alone and for a group of 64. The floors are the C program, whose figure is a median as well, and
 * copies.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
    private static final int PORT = VxlanHeader.PORT;

    /** Octets of the frame. */
    @Param({"64", "512", "1450", "9000"})
    public int size;

    private Batch four = new Batch(64, true);
    private Batch six = new Batch(64, false);
    private ByteBuffer target = ByteBuffer.allocateDirect(1);
    private PlainPacket plain = new PlainPacket(four);
    private int next;

    /** Fills the memory. */
    @Setup(Level.Trial)
    public void fill() {
        four = new Batch(size, true);
        six = new Batch(size, false);
        target = ByteBuffer.allocateDirect(Batch.COUNT * Batch.STRIDE);
        plain = new PlainPacket(four);
    }

    private int turn() {
        next = (next + 1) & (Batch.COUNT - 1);
        return next;
    }

    /** The floor of work on payload: the frame, copied. */
    @Benchmark
    public ByteBuffer copy() {
        int frame = four.frames[turn()];
        return target.put(frame, four.octets, frame, size);
    }

    /** Headers over IPv4, with the flow's source port. */
    @Benchmark
    public int encapsulate() {
        int i = turn();
        int port = FlowHash.port(FlowHash.of(four.octets, four.frames[i], size));
        return four.outer.write(four.octets, four.frames[i], size, port);
    }

    /** Headers over IPv6, whose checksum reads the frame. */
    @Benchmark
    public int encapsulateIpv6() {
        int i = turn();
        int port = FlowHash.port(FlowHash.of(six.octets, six.frames[i], size));
        return six.outer.write(six.octets, six.frames[i], size, port);
    }

    /** All checks over IPv4. */
    @Benchmark
    public long decapsulate() {
        int i = turn();
        return Inner.find(four.octets, four.packets[i], four.packetLengths[i], PORT);
    }

    /** All checks over IPv6. */
    @Benchmark
    public long decapsulateIpv6() {
        int i = turn();
        return Inner.find(six.octets, six.packets[i], six.packetLengths[i], PORT);
    }

    /** Both for 64 frames: what the C program does. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public long[] thereAndBack() {
        four.outer.writeAll(four.octets, four.frames, four.lengths, Batch.COUNT);
        Inner.findAll(four.octets, four.packets, four.packetLengths, Batch.COUNT, PORT, four.found);
        return four.found;
    }

    /** Both for 64 frames, each copied in between. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public long[] thereAndBackCopied() {
        for (int i = 0; i < Batch.COUNT; i++) {
            target.put(four.frames[i], four.octets, four.frames[i], size);
        }
        four.outer.writeAll(target, four.frames, four.lengths, Batch.COUNT);
        Inner.findAll(target, four.packets, four.packetLengths, Batch.COUNT, PORT, four.found);
        return four.found;
    }

    /** The floor of that: 64 frames, copied. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public ByteBuffer copies() {
        for (int i = 0; i < Batch.COUNT; i++) {
            target.put(four.frames[i], four.octets, four.frames[i], size);
        }
        return target;
    }

    /** The plain way: one object a header, buffers composed. */
    @Benchmark
    public long plain() {
        return plain.thereAndBack(turn());
    }

    /** The Internet checksum of the frame. */
    @Benchmark
    public int checksum() {
        return Checksum.of(Checksum.sum(four.octets, four.frames[turn()], size));
    }
}
