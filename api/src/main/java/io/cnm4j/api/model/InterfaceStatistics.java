package io.cnm4j.api.model;

/**
 * Counters of one interface since it was made, as the kernel keeps them (struct rtnl_link_stats64).
 *
 * @param rxBytes octets received
 * @param rxPackets packets received
 * @param rxErrors receive errors
 * @param rxDropped packets dropped on receipt
 * @param txBytes octets sent
 * @param txPackets packets sent
 * @param txErrors send errors
 * @param txDropped packets dropped on sending
 */
public record InterfaceStatistics(
        long rxBytes,
        long rxPackets,
        long rxErrors,
        long rxDropped,
        long txBytes,
        long txPackets,
        long txErrors,
        long txDropped) {}
