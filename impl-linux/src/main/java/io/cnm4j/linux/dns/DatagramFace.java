package io.cnm4j.linux.dns;

import io.cnm4j.linux.dns.codec.Question;
import io.cnm4j.linux.dns.codec.Replies;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A sandbox' UDP socket. What came in one read is answered in one write. */
@SuppressWarnings("FutureReturnValueIgnored") // what a channel could not do shows as its end
final class DatagramFace extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(DatagramFace.class);

    private final SandboxServer server;
    private boolean reading;

    DatagramFace(SandboxServer server) {
        this.server = server;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        reading = true;
        var packet = (DatagramPacket) message;
        Question question;
        try {
            question = Question.read(packet.content());
        } finally {
            packet.release();
        }
        if (question != null) {
            InetSocketAddress client = packet.sender();
            int size = Math.min(question.udpSize(), Replies.UDP_SIZE);
            server.ask(question, size, false, (answer, source) -> send(context, answer, client));
        }
    }

    private void send(ChannelHandlerContext context, byte[] answer, InetSocketAddress client) {
        ByteBuf octets = context.alloc().directBuffer(answer.length).writeBytes(answer);
        var packet = new DatagramPacket(octets, client);
        if (reading) {
            context.write(packet, context.voidPromise());
        } else {
            context.writeAndFlush(packet, context.voidPromise());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("a datagram could not be received or sent", cause); // a client that is gone, mostly
    }
}
