package io.cnm4j.linux.netlink;

import java.nio.ByteBuffer;

/**
 * A message that the kernel sent to the listeners of a group.
 *
 * @param type its type
 * @param port the port id of the socket whose request caused it, 0 if none did
 * @param payload the message without its header
 */
public record Notice(int type, int port, ByteBuffer payload) {}
