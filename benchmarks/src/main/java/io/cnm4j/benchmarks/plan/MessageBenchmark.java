package io.cnm4j.benchmarks.plan;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.rtnetlink.AddressMessages;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.RouteSpec;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to encode the messages of one connect; the floor copies as many octets. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MessageBenchmark {
    private static final int VETH_OCTETS = 156;

    private final MessageBuilder messages = new MessageBuilder();
    private final LinkSpec.Veth veth = Example.veth();
    private final IpPrefix address = IpPrefix.parse("10.5.0.2/16");
    private final RouteSpec route = RouteSpec.defaultVia(IpAddress.parse("10.5.0.1"), "eth0");
    private final byte[] encoded = new byte[VETH_OCTETS];
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);

    /** The floor of {@link #veth}: the octets of such a message, copied. */
    @Benchmark
    public ByteBuffer bareCopy() {
        return buffer.clear().put(encoded);
    }

    /** The message that makes a veth pair. */
    @Benchmark
    public MessageBuilder veth() {
        LinkMessages.make(messages.clear(), veth, 7, 42);
        return messages;
    }

    /** The messages that follow inside: up, address, default route. */
    @Benchmark
    public MessageBuilder inside() {
        LinkMessages.up(messages.clear(), 2);
        AddressMessages.add(messages, 2, address);
        AddressMessages.add(messages, 2, route, AddressMessages.BY_HAND);
        return messages;
    }
}
