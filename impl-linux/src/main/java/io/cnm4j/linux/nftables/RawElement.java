package io.cnm4j.linux.nftables;

import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.MessageBuilder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * One element as the kernel has it. Equal if key, end and flags are.
 *
 * @param key its key, hex
 * @param keyEnd the last key of a range in a concatenation, hex; empty if there is none
 * @param end whether it ends a range (NFT_SET_ELEM_INTERVAL_END)
 */
record RawElement(String key, String keyEnd, boolean end) {
    private static final int NFTA_SET_ELEM_KEY = 1;
    private static final int NFTA_SET_ELEM_DATA = 2;
    private static final int NFTA_SET_ELEM_FLAGS = 3;
    private static final int NFTA_SET_ELEM_KEY_END = 10;
    private static final int NFTA_DATA_VALUE = 1;
    private static final int NFTA_DATA_VERDICT = 2;
    private static final int NFTA_VERDICT_CODE = 1;
    private static final int NFTA_VERDICT_CHAIN = 2;
    private static final int CODE = 2 * Integer.BYTES; // hex digits
    private static final int NFT_SET_ELEM_INTERVAL_END = 1;
    static final int GOTO = -4; // NFT_GOTO
    private static final HexFormat HEX = HexFormat.of();

    static RawElement of(byte[] key, byte[] keyEnd) {
        return new RawElement(HEX.formatHex(key), HEX.formatHex(keyEnd), false);
    }

    static RawElement endOf(byte[] next) {
        return new RawElement(HEX.formatHex(next), "", true);
    }

    /** An element and what it maps to, as hex; a verdict is its code, and the name of the chain it goes to. */
    record Mapping(RawElement element, String data) {
        void encode(MessageBuilder messages, boolean verdict) {
            int one = messages.nest(1);
            value(messages, NFTA_SET_ELEM_KEY, element.key());
            if (!element.keyEnd().isEmpty()) {
                value(messages, NFTA_SET_ELEM_KEY_END, element.keyEnd());
            }
            if (element.end()) {
                messages.attr32be(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
            }
            if (!data.isEmpty() && verdict) {
                int outer = messages.nest(NFTA_SET_ELEM_DATA);
                int inner = messages.nest(NFTA_DATA_VERDICT);
                messages.attr(NFTA_VERDICT_CODE, HEX.parseHex(data.substring(0, CODE)));
                if (data.length() > CODE) {
                    messages.attr(NFTA_VERDICT_CHAIN, name(data.substring(CODE)));
                }
                messages.unnest(inner).unnest(outer);
            } else if (!data.isEmpty()) {
                value(messages, NFTA_SET_ELEM_DATA, data);
            }
            messages.unnest(one);
        }

        private static void value(MessageBuilder messages, int attribute, String hex) {
            int nest = messages.nest(attribute);
            messages.attr(NFTA_DATA_VALUE, HEX.parseHex(hex)).unnest(nest);
        }

        static Mapping read(AttributeCursor at) {
            String key = "";
            String keyEnd = "";
            String data = "";
            boolean end = false;
            while (at.next()) {
                switch (at.type()) {
                    case NFTA_SET_ELEM_KEY -> key = data(at.nested());
                    case NFTA_SET_ELEM_KEY_END -> keyEnd = data(at.nested());
                    case NFTA_SET_ELEM_DATA -> data = data(at.nested());
                    case NFTA_SET_ELEM_FLAGS -> end = (Integer.reverseBytes(at.u32()) & NFT_SET_ELEM_INTERVAL_END) != 0;
                    default -> {}
                }
            }
            at.finish();
            return new Mapping(new RawElement(key, keyEnd, end), data);
        }

        private static String data(AttributeCursor at) {
            String data = "";
            while (at.next()) {
                if (at.type() == NFTA_DATA_VALUE) {
                    data = HEX.formatHex(at.octets());
                } else if (at.type() == NFTA_DATA_VERDICT) {
                    data = verdict(at.nested());
                }
            }
            at.finish();
            return data;
        }

        private static String verdict(AttributeCursor at) {
            String code = "";
            String chain = "";
            while (at.next()) {
                switch (at.type()) {
                    case NFTA_VERDICT_CODE -> code = HEX.formatHex(at.octets());
                    case NFTA_VERDICT_CHAIN -> chain = HEX.formatHex(at.text().getBytes(StandardCharsets.US_ASCII));
                    default -> {}
                }
            }
            at.finish();
            return code + chain;
        }

        private static String name(String hex) {
            return new String(HEX.parseHex(hex), StandardCharsets.US_ASCII);
        }
    }
}
