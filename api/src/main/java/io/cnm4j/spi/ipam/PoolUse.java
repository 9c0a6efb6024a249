package io.cnm4j.spi.ipam;

/**
 * How a pool is used at one moment.
 *
 * @param used how many of its addresses cannot be handed out: leased ones, and those that no one may have
 * @param available how many may still be handed out without being asked for by name: those of the range that are free
 */
public record PoolUse(long used, long available) {}
