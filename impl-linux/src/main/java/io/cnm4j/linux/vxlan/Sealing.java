package io.cnm4j.linux.vxlan;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.libc.NativeMemory;
import io.cnm4j.linux.vxlan.codec.Drop;
import io.cnm4j.linux.vxlan.esp.EspKey;
import io.cnm4j.linux.vxlan.esp.EspKeys;
import io.cnm4j.linux.vxlan.esp.EspReceiver;
import io.cnm4j.linux.vxlan.esp.EspSender;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one thread needs to encrypt: a sender for each key, the receiver, and memory for sealed packets. */
final class Sealing {
    private static final int MEMORY = 4 << 20;
    private static final int LEAST = 16 + 14;

    private final NativeMemory memory = NativeMemory.frames(MEMORY);
    private final EspReceiver receiver = new EspReceiver();
    private Map<IpAddress, EspSender> senders = Map.of(); // by endpoint
    private Map<EspKey, EspSender> byKey = Map.of();
    private @Nullable Vtep lastTo;
    private @Nullable EspSender lastSender;
    private final int inner;
    private int at;

    /** @param inner the UDP port of what is sealed */
    Sealing(int inner) {
        this.inner = inner;
    }

    /** Returns the UDP port of what is sealed. */
    int inner() {
        return inner;
    }

    /** Takes these keys from now on; those that stay go on counting. */
    void use(EspKeys keys) {
        var all = new HashMap<EspKey, EspSender>();
        var next = new HashMap<IpAddress, EspSender>();
        long now = System.currentTimeMillis();
        keys.sending().forEach((peer, key) -> {
            EspSender sender = byKey.get(key);
            next.put(peer, all.computeIfAbsent(key, absent -> sender != null ? sender : new EspSender(key, now)));
        });
        byKey = all;
        senders = next;
        lastTo = null;
        receiver.use(keys);
    }

    /** Returns the sender for an endpoint; null if there is no key. */
    @Nullable
    EspSender to(Vtep vtep) {
        if (!vtep.equals(lastTo)) {
            lastTo = vtep;
            lastSender = senders.get(vtep.address());
        }
        return lastSender;
    }

    boolean hasRoom(int octets) {
        return at + octets <= MEMORY;
    }

    void clear() {
        at = 0;
    }

    /** Seals what the sender holds; returns the octets of the packet, which {@link #taken} follows, or a {@link Drop}. */
    long seal(EspSender sender) {
        return sender.seal(memory.octets(), at);
    }

    /** Returns the address of the packet that was sealed last, and keeps it until {@link #clear}. */
    long taken(int octets) {
        long address = memory.address() + at;
        at += octets;
        return address;
    }

    /** Opens a packet in place; returns the octets behind its UDP header, or a {@link Drop}. */
    long open(ByteBuffer octets, int offset, int length, long high, long low) {
        boolean ipv4 = high == 0 && low >>> 32 == 0xffff;
        long opened = receiver.open(octets, offset, length, high, ipv4 ? low & 0xffff_ffffL : low);
        if (Drop.isDrop(opened)) {
            return opened;
        }
        if ((octets.getShort(offset + 2) & 0xffff) != inner) {
            return Drop.FOREIGN_PORT.code();
        }
        int udp = octets.getShort(offset + 4) & 0xffff;
        return udp < LEAST || udp > opened ? Drop.TRUNCATED.code() : udp - 8L;
    }
}
