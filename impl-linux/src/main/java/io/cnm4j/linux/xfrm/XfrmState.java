package io.cnm4j.linux.xfrm;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.secret.Secret;
import io.cnm4j.linux.netlink.MessageBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A key of one direction: a security association, by what the kernel tells it from others.
 *
 * @param from who sends
 * @param to who receives
 * @param spi what names it in packets to {@code to}
 * @param reqid whose it is
 */
record XfrmState(IpAddress from, IpAddress to, int spi, int reqid) {
    private static final int XFRM_MSG_NEWSA = 0x10;
    private static final int XFRM_MSG_DELSA = 0x11;
    private static final int XFRM_MSG_GETSA = 0x12;
    private static final int XFRMA_ENCAP = 4;
    private static final int XFRMA_ALG_AEAD = 18;
    private static final int XFRMA_REPLAY_ESN_VAL = 23; // without XFRM_STATE_ESN: numbers of 32 bits and a large window
    private static final int UDP_ENCAP_ESPINUDP = 2;
    private static final int ALGORITHM_NAME = 64;
    private static final int TAG_BITS = 128;
    private static final int WINDOW = 1024; // packets
    private static final int ENCAPSULATION = 24; // struct xfrm_encap_tmpl
    private static final int REPLAY = 24; // struct xfrm_replay_state_esn, before its bits
    private static final int ID = 24; // struct xfrm_usersa_id

    /**
     * Appends: let it be.
     *
     * @param port UDP port at both ends
     * @param material 32 octets of key and 4 of salt
     */
    void add(MessageBuilder messages, int port, Secret material) {
        ByteBuffer state = XfrmStructs.of(XfrmStructs.STATE);
        XfrmStructs.put(state, XfrmStructs.STATE_DESTINATION, to);
        XfrmStructs.putNetwork32(state, XfrmStructs.STATE_SPI, spi);
        state.put(XfrmStructs.STATE_PROTOCOL, (byte) XfrmStructs.IPPROTO_ESP);
        XfrmStructs.put(state, XfrmStructs.STATE_SOURCE, from);
        XfrmStructs.putNoLimits(state, XfrmStructs.STATE_LIMITS);
        state.putInt(XfrmStructs.STATE_REQID, reqid);
        state.putShort(XfrmStructs.STATE_FAMILY, XfrmStructs.family(to));
        messages.begin(XFRM_MSG_NEWSA, MessageBuilder.ACK | MessageBuilder.CREATE | MessageBuilder.EXCL)
                .structure(state)
                .attr(XFRMA_ALG_AEAD, algorithm(material))
                .attr(XFRMA_ENCAP, encapsulation(port))
                .attr(XFRMA_REPLAY_ESN_VAL, replay());
    }

    /** RFC 4106: the salt follows the key. */
    private static ByteBuffer algorithm(Secret material) {
        ByteBuffer algorithm = XfrmStructs.of(ALGORITHM_NAME + 8 + material.length());
        algorithm.put(0, "rfc4106(gcm(aes))".getBytes(StandardCharsets.US_ASCII));
        algorithm.putInt(ALGORITHM_NAME, 8 * material.length());
        algorithm.putInt(ALGORITHM_NAME + 4, TAG_BITS);
        algorithm.put(ALGORITHM_NAME + 8, material.octets());
        return algorithm;
    }

    private static ByteBuffer encapsulation(int port) {
        ByteBuffer encapsulation = XfrmStructs.of(ENCAPSULATION);
        encapsulation.putShort(0, (short) UDP_ENCAP_ESPINUDP);
        XfrmStructs.putNetwork16(encapsulation, 2, port);
        XfrmStructs.putNetwork16(encapsulation, 4, port);
        return encapsulation;
    }

    private static ByteBuffer replay() {
        ByteBuffer replay = XfrmStructs.of(REPLAY + WINDOW / 8);
        replay.putInt(0, WINDOW / 32);
        replay.putInt(20, WINDOW);
        return replay;
    }

    /** Appends: let it not be. */
    void delete(MessageBuilder messages) {
        ByteBuffer id = XfrmStructs.of(ID);
        XfrmStructs.put(id, 0, to);
        XfrmStructs.putNetwork32(id, 16, spi);
        id.putShort(20, XfrmStructs.family(to));
        id.put(22, (byte) XfrmStructs.IPPROTO_ESP);
        messages.begin(XFRM_MSG_DELSA, MessageBuilder.ACK).structure(id);
    }

    /** Appends: describe all. For {@link io.cnm4j.linux.netlink.NetlinkSocket#dump}. */
    static void list(MessageBuilder messages) {
        messages.begin(XFRM_MSG_GETSA, MessageBuilder.DUMP);
    }

    /** Reads an answer to {@link #list}; nothing if it is not of ESP. */
    static Optional<XfrmState> read(ByteBuffer message) {
        if (message.get(XfrmStructs.STATE_PROTOCOL) != XfrmStructs.IPPROTO_ESP) {
            return Optional.empty();
        }
        int family = message.getShort(XfrmStructs.STATE_FAMILY);
        return Optional.of(new XfrmState(
                XfrmStructs.address(message, XfrmStructs.STATE_SOURCE, family),
                XfrmStructs.address(message, XfrmStructs.STATE_DESTINATION, family),
                XfrmStructs.network32(message, XfrmStructs.STATE_SPI),
                message.getInt(XfrmStructs.STATE_REQID)));
    }
}
