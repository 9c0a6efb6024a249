package io.cnm4j.examples.tunnel;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.vxlan.FrameCapture;
import io.cnm4j.linux.vxlan.SegmentOptions;
import io.cnm4j.linux.vxlan.Vtep;
import io.cnm4j.linux.vxlan.VxlanEndpoint;
import io.cnm4j.linux.vxlan.VxlanOptions;
import io.cnm4j.linux.vxlan.VxlanSegment;
import io.cnm4j.linux.vxlan.esp.EspKey;
import io.cnm4j.linux.vxlan.esp.EspKeys;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;

/** A client calls a server through a tunnel, and somebody listens on the wire. Run it as root with {@code examples/run tunnel}. */
public final class Tunnel {
    private static final String SECRET = "the password is swordfish";
    private static final int VNI = 42;
    private static final int MTU = 1400;

    private Tunnel() {}

    /** Throws if a call does not get through, or if the wire shows what it should not. */
    public static void main(String[] args) throws Exception {
        List<String> leaks;
        try (Wire wire = Wire.build()) {
            withTheKernel(wire);
            encrypted(wire);
            leaks = wire.leaks();
        }
        require(leaks.isEmpty(), "left over: " + leaks);
        System.out.println("\ntunnel: ok\nleaks: 0");
    }

    private static void withTheKernel(Wire wire) throws Exception {
        wire.kernelDevice(1, VNI, MTU);
        MacAddress far = wire.mac(1);
        IpAddress farHost = wire.host(1);
        try (VxlanEndpoint endpoint =
                VxlanEndpoint.open(wire.workers(), VxlanOptions.at(wire.host(0)).in(wire.hostNamespace(0)))) {
            VxlanSegment segment = endpoint.add(new SegmentOptions(VNI, "eth0", wire.sandbox(0), wire.mac(0), MTU));
            segment.table().change(table -> table.put(far, Vtep.at(farHost)).flood(Vtep.at(farHost)));
            wire.address(0, "eth0");
            boolean seen = wire.showsWhile(SECRET, () -> wire.call(SECRET));
            require(seen, "the wire should show the call of a tunnel that does not encrypt");
            System.out.println(
                    "kernel at the far end: the call got through, the wire showed it; " + endpoint.statistics());
        }
        wire.removeKernelDevice(1);
    }

    private static void encrypted(Wire wire) throws Exception {
        var there = new EspKey(0x1000, randomKey());
        var back = new EspKey(0x1001, randomKey());
        try (VxlanEndpoint near = ours(wire, 0, there, back);
                VxlanEndpoint far = ours(wire, 1, back, there)) {
            VxlanSegment segment = add(wire, near, 0);
            add(wire, far, 1);
            var pcapng = new ByteArrayOutputStream();
            FrameCapture capture = segment.capture(pcapng);
            boolean seen = wire.showsWhile(SECRET, () -> wire.call(SECRET));
            capture.close();
            require(!seen, "the wire showed the call");
            require(
                    pcapng.toString(StandardCharsets.ISO_8859_1).contains(SECRET),
                    "the capture of the segment should show the call");
            System.out.println(
                    "ours at both ends: the call got through, the wire did not show it, a capture of the segment ("
                            + capture.frames() + " frames) did; " + near.statistics());
        }
    }

    private static VxlanEndpoint ours(Wire wire, int end, EspKey send, EspKey receive) {
        VxlanOptions options =
                VxlanOptions.at(wire.host(end)).in(wire.hostNamespace(end)).withPort(4500);
        VxlanEndpoint endpoint = VxlanEndpoint.openEncrypted(wire.workers(), options);
        IpAddress other = wire.host(1 - end);
        endpoint.use(EspKeys.NONE.sendTo(other, send).receiveFrom(other, receive));
        return endpoint;
    }

    private static VxlanSegment add(Wire wire, VxlanEndpoint endpoint, int end) throws Exception {
        VxlanSegment segment = endpoint.add(new SegmentOptions(VNI, "eth0", wire.sandbox(end), wire.mac(end), MTU));
        var peer = new Vtep(wire.host(1 - end), 4500);
        segment.table().change(table -> table.put(wire.mac(1 - end), peer).flood(peer));
        wire.address(end, "eth0");
        return segment;
    }

    private static byte[] randomKey() {
        byte[] material = new byte[EspKey.LENGTH];
        new SecureRandom().nextBytes(material);
        return material;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
