package io.cnm4j.linux.vxlan;

/**
 * One queue of a segment's device, as the thread sees it that serves it.
 *
 * @param vni of the segment
 * @param tap descriptor of the queue
 * @param table where its frames go
 * @param delivery what is on its way into the device
 */
record Port(int vni, int tap, ForwardingTable table, Delivery delivery) {}
