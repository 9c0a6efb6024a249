package io.cnm4j.linux.snapshot;

import static io.cnm4j.linux.snapshot.NetlinkDump.HEADER;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.linux.libc.Errno;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.function.Consumer;

/** IPsec of the calling thread's namespace, linux/xfrm.h: a line for each policy and each state; none on a kernel without it. */
final class SecurityState {
    private static final int XFRM_MSG_GETSA = 0x12;
    private static final int XFRM_MSG_GETPOLICY = 0x15;
    private static final int STATE_ID = 56;
    private static final int STATE_REQID = 208;
    private static final int SELECTOR = 56;
    private static final int POLICY_DIRECTION = 160;
    private static final int ID = 24;

    private SecurityState() {}

    static void read(Consumer<String> facts) {
        try (var xfrm = NetlinkDump.open(NetlinkDump.XFRM, 0)) {
            xfrm.each(
                    XFRM_MSG_GETSA,
                    new byte[0],
                    state -> facts.accept(
                            "xfrm state " + hex(state, STATE_ID, ID) + " reqid " + state.getInt(HEADER + STATE_REQID)));
            xfrm.each(
                    XFRM_MSG_GETPOLICY,
                    new byte[0],
                    policy -> facts.accept("xfrm policy " + hex(policy, 0, SELECTOR) + " dir "
                            + policy.get(HEADER + POLICY_DIRECTION)));
        } catch (KernelException refused) {
            if (refused.errno() != Errno.EPROTONOSUPPORT) {
                throw refused;
            }
        }
    }

    private static String hex(ByteBuffer message, int at, int length) {
        byte[] octets = new byte[length];
        message.get(HEADER + at, octets);
        return HexFormat.of().formatHex(octets);
    }
}
