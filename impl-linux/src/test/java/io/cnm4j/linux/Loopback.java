package io.cnm4j.linux;

/** The loopback of the calling thread's namespace, up as on any host; down again when it is closed. */
final class Loopback implements AutoCloseable {
    Loopback() {
        TestNetns.inHere("ip", "link", "set", "lo", "up");
    }

    @Override
    public void close() {
        TestNetns.inHere("ip", "link", "set", "lo", "down");
        TestNetns.inHere("ip", "address", "flush", "dev", "lo");
    }
}
