package io.cnm4j.linux.nftables;

import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.MessageBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One element as the kernel has it. Equal if key, end and flags are.
 *
 * @param key its key
 * @param keyEnd the last key of a range in a concatenation; empty if there is none
 * @param end whether it ends a range (NFT_SET_ELEM_INTERVAL_END)
 */
record RawElement(Octets key, Octets keyEnd, boolean end) {
    private static final int NFTA_SET_ELEM_KEY = 1;
    private static final int NFTA_SET_ELEM_DATA = 2;
    private static final int NFTA_SET_ELEM_FLAGS = 3;
    private static final int NFTA_SET_ELEM_KEY_END = 10;
    private static final int NFTA_DATA_VALUE = 1;
    private static final int NFTA_DATA_VERDICT = 2;
    private static final int NFTA_VERDICT_CODE = 1;
    private static final int NFTA_VERDICT_CHAIN = 2;
    private static final int NFT_SET_ELEM_INTERVAL_END = 1;
    static final int GOTO = -4; // NFT_GOTO

    static RawElement of(byte[] key) {
        return new RawElement(new Octets(key), Octets.NONE, false);
    }

    static RawElement of(byte[] key, byte[] keyEnd) {
        return new RawElement(new Octets(key), new Octets(keyEnd), false);
    }

    /** Returns the data of a verdict. */
    static Octets verdict(int code, String chain) {
        byte[] name = chain.getBytes(StandardCharsets.US_ASCII);
        return new Octets(ByteBuffer.allocate(Integer.BYTES + name.length)
                .putInt(code)
                .put(name)
                .array());
    }

    /** Returns the chain that the data of a verdict names. */
    static String chain(byte[] verdict) {
        return new String(verdict, Integer.BYTES, verdict.length - Integer.BYTES, StandardCharsets.US_ASCII);
    }

    static RawElement endOf(byte[] next) {
        return new RawElement(new Octets(next), Octets.NONE, true);
    }

    /** An element and what it maps to; a verdict is its code, and the name of the chain it goes to. */
    record Mapping(RawElement element, Octets data) {
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
                messages.attr32be(
                        NFTA_VERDICT_CODE, ByteBuffer.wrap(data.array()).getInt());
                if (data.array().length > Integer.BYTES) {
                    messages.attr(NFTA_VERDICT_CHAIN, chain(data.array()));
                }
                messages.unnest(inner).unnest(outer);
            } else if (!data.isEmpty()) {
                value(messages, NFTA_SET_ELEM_DATA, data);
            }
            messages.unnest(one);
        }

        private static void value(MessageBuilder messages, int attribute, Octets octets) {
            int nest = messages.nest(attribute);
            messages.attr(NFTA_DATA_VALUE, octets.array()).unnest(nest);
        }

        static Mapping read(AttributeCursor at) {
            Octets key = Octets.NONE;
            Octets keyEnd = Octets.NONE;
            Octets data = Octets.NONE;
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

        private static Octets data(AttributeCursor at) {
            Octets data = Octets.NONE;
            while (at.next()) {
                if (at.type() == NFTA_DATA_VALUE) {
                    data = new Octets(at.octets());
                } else if (at.type() == NFTA_DATA_VERDICT) {
                    data = verdict(at.nested());
                }
            }
            at.finish();
            return data;
        }

        private static Octets verdict(AttributeCursor at) {
            int code = 0;
            String chain = "";
            while (at.next()) {
                switch (at.type()) {
                    case NFTA_VERDICT_CODE -> code = Integer.reverseBytes(at.u32());
                    case NFTA_VERDICT_CHAIN -> chain = at.text();
                    default -> {}
                }
            }
            at.finish();
            return RawElement.verdict(code, chain);
        }
    }
}
