package io.cnm4j.linux.xfrm;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.MessageBuilder;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Packets of UDP to a port go encrypted, or not at all: those that leave an address, or those that come to it; the unspecified one is any.
 *
 * @param out whether they leave
 * @param local the address
 * @param port where they go
 * @param reqid whose the policy is, and the states that it takes
 */
record XfrmPolicy(boolean out, IpAddress local, int port, int reqid) {
    private static final int XFRM_MSG_NEWPOLICY = 0x13;
    private static final int XFRM_MSG_DELPOLICY = 0x14;
    private static final int XFRM_MSG_GETPOLICY = 0x15;
    private static final int XFRMA_TMPL = 5;
    private static final int IN = 0;
    private static final int OUT = 1;
    private static final int ID = 64; // struct xfrm_userpolicy_id
    private static final int ID_DIRECTION = 60;

    /** Appends: let it be so. Refused with EEXIST if there is a policy for these packets. */
    void add(MessageBuilder messages) {
        ByteBuffer policy = XfrmStructs.of(XfrmStructs.POLICY);
        XfrmStructs.select(policy, out, local, port);
        XfrmStructs.putNoLimits(policy, XfrmStructs.POLICY_LIMITS);
        policy.put(XfrmStructs.POLICY_DIRECTION, (byte) direction());
        messages.begin(XFRM_MSG_NEWPOLICY, MessageBuilder.ACK | MessageBuilder.EXCL)
                .structure(policy)
                .attr(XFRMA_TMPL, template());
    }

    private ByteBuffer template() {
        ByteBuffer template = XfrmStructs.of(XfrmStructs.TEMPLATE);
        template.put(XfrmStructs.TEMPLATE_PROTOCOL, (byte) XfrmStructs.IPPROTO_ESP);
        template.putShort(XfrmStructs.TEMPLATE_FAMILY, XfrmStructs.family(local));
        template.putInt(XfrmStructs.TEMPLATE_REQID, reqid);
        for (int i = 0; i < 3; i++) { // any algorithm: the states say which
            template.putInt(XfrmStructs.TEMPLATE_ALGORITHMS + 4 * i, -1);
        }
        return template;
    }

    /** Appends: let it not be so. */
    void delete(MessageBuilder messages) {
        ByteBuffer id = XfrmStructs.of(ID);
        XfrmStructs.select(id, out, local, port);
        id.put(ID_DIRECTION, (byte) direction());
        messages.begin(XFRM_MSG_DELPOLICY, MessageBuilder.ACK).structure(id);
    }

    private int direction() {
        return out ? OUT : IN;
    }

    /** Appends: describe all. For {@link io.cnm4j.linux.netlink.NetlinkSocket#dump}. */
    static void list(MessageBuilder messages) {
        messages.begin(XFRM_MSG_GETPOLICY, MessageBuilder.DUMP);
    }

    /** Reads an answer to {@link #list}; nothing if it is no policy of this kind. */
    static Optional<XfrmPolicy> read(ByteBuffer message) {
        int direction = message.get(XfrmStructs.POLICY_DIRECTION);
        boolean out = direction == OUT;
        if (direction > OUT || message.get(XfrmStructs.POLICY_DIRECTION + 1) != 0) { // XFRM_POLICY_ALLOW
            return Optional.empty();
        }
        Optional<Selected> selected = Selected.read(message, out);
        message.position(XfrmStructs.POLICY);
        var attributes = new AttributeCursor(message);
        int reqid = 0;
        while (attributes.next()) {
            if (attributes.type() == XFRMA_TMPL && attributes.octets().length == XfrmStructs.TEMPLATE) {
                reqid = reqid(attributes);
            }
        }
        attributes.finish();
        int found = reqid;
        return selected.filter(is -> found != 0).map(is -> new XfrmPolicy(out, is.address(), is.port(), found));
    }

    private static int reqid(AttributeCursor template) {
        ByteBuffer is = XfrmStructs.of(XfrmStructs.TEMPLATE).put(template.octets());
        boolean esp = is.get(XfrmStructs.TEMPLATE_PROTOCOL) == XfrmStructs.IPPROTO_ESP;
        boolean must = is.get(XfrmStructs.TEMPLATE_OPTIONAL) == 0;
        return esp && must ? is.getInt(XfrmStructs.TEMPLATE_REQID) : 0;
    }

    /** What packets of UDP a selector means. */
    private record Selected(IpAddress address, int port) {
        static Optional<Selected> read(ByteBuffer from, boolean out) {
            int family = from.getShort(XfrmStructs.SELECTOR_FAMILY);
            IpAddress address = XfrmStructs.address(from, out ? XfrmStructs.SOURCE : 0, family);
            boolean one = from.get(out ? XfrmStructs.SOURCE_BITS : XfrmStructs.DESTINATION_BITS)
                            == (byte) XfrmStructs.bits(address)
                    && from.get(out ? XfrmStructs.DESTINATION_BITS : XfrmStructs.SOURCE_BITS) == 0;
            return one && from.get(XfrmStructs.SELECTOR_PROTOCOL) == XfrmStructs.IPPROTO_UDP
                    ? Optional.of(new Selected(address, XfrmStructs.network32(from, XfrmStructs.PORT) >>> 16))
                    : Optional.empty();
        }
    }
}
