package io.cnm4j.linux.vxlan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.KernelTest;
import io.cnm4j.linux.vxlan.codec.FlowHash;
import io.cnm4j.linux.vxlan.codec.Frames;
import io.cnm4j.linux.vxlan.codec.Outer;
import io.cnm4j.linux.vxlan.codec.VxlanHeader;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/** What the codec writes, as tshark reads it. */
class WireTest {
    private static final int FRAMES = Integer.getInteger("cnm4j.vxlan.frames", 20_000); // a million takes minutes

    @TempDir
    Path directory;

    @KernelTest
    void tsharkFindsNothingWrong() throws Exception {
        Path file = directory.resolve("frames.pcapng");
        var random = new Random(11);
        Outer[] outers = new Outer[2];
        for (int i = 0; i < 2; i++) {
            IpAddress local = IpAddress.parse(i == 0 ? "192.0.2.1" : "2001:db8::1");
            IpAddress remote = IpAddress.parse(i == 0 ? "192.0.2.2" : "2001:db8::2");
            outers[i] = new Outer(Pair.mac(1), Pair.mac(0), local, remote, VxlanHeader.PORT, 42);
        }
        ByteBuffer packet = ByteBuffer.allocate(4096);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            var writer = new PcapngWriter(out, "test", "frames of a test");
            for (int i = 0; i < FRAMES; i++) {
                int length = Frames.random(random, packet, 80, random.nextInt(300));
                int port = FlowHash.port(FlowHash.of(packet, 80, length));
                int start = outers[i % 2].write(packet, 80, length, port);
                writer.frame(i * 1_000L, false, packet, start, outers[i % 2].length() + length);
            }
        }
        String bad = Tshark.read(
                file,
                "-o",
                "ip.check_checksum:TRUE",
                "-o",
                "udp.check_checksum:TRUE",
                "-o",
                "tcp.check_checksum:TRUE",
                "-Y",
                "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || tcp.checksum.status == 0"
                        + " || vxlan.vni != 42 || !vxlan || _ws.short || _ws.expert.severity == error",
                "-c",
                "1000000");
        assertThat(bad).isEmpty();
        String good = Tshark.read(file, "-Y", "vxlan.vni == 42", "-T", "fields", "-e", "frame.number");
        assertThat(good.lines().count()).isEqualTo(FRAMES);
    }
}
