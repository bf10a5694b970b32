# Mail::DKIM: one JSON object in, one out. What is said here is said in ../dkim-programs.ts.
use strict;
use warnings;
use JSON::PP;
use MIME::Base64;
use Mail::DKIM::PrivateKey;
use Mail::DKIM::Signer;
use Mail::DKIM::Verifier;
use Net::DNS;

my $batch = decode_json(join '', <STDIN>);

{
    package Keys;
    sub new { bless {}, shift }
    sub errorstring { 'NOERROR' }

    sub send {
        my ( undef, $name, $type ) = @_;
        my $packet = Net::DNS::Packet->new( $name, $type );
        my $record = $batch->{keys}{ lc $name };
        $packet->push( answer => Net::DNS::RR->new( name => $name, type => 'TXT', txtdata => [ $record =~ /.{1,255}/g ] ) )
          if defined $record;
        return $packet;
    }
}
Mail::DKIM::DNS::resolver( Keys->new );

sub feed {
    my ( $dkim, $message ) = @_;
    $dkim->PRINT($_) for unpack '(a333)*', $message;    # in chunks that cut lines
    $dkim->CLOSE;
    return $dkim;
}

sub verdicts {
    my $dkim = feed( Mail::DKIM::Verifier->new, decode_base64(shift) );
    return { map { ( $_->selector => $_->result eq 'pass' ? 'pass' : $_->result_detail ) } $dkim->signatures };
}

sub signed {
    my ( $message, $how ) = @_;
    return '' if $how->{algorithm} ne 'rsa-sha256';
    my $dkim = Mail::DKIM::Signer->new(
        Algorithm => 'rsa-sha256',
        Method    => "$how->{header}/$how->{body}",
        Domain    => $how->{domain},
        Selector  => $how->{selector},
        Key       => Mail::DKIM::PrivateKey->load( Data => $how->{pem} =~ s{-----[^\n]*|\n}{}gr ),
    );
    feed( $dkim, decode_base64($message) );
    return $dkim->signature->as_string . "\r\n";
}

print encode_json(
    {
        verdicts   => [ map { verdicts($_) } @{ $batch->{verify} } ],
        signatures => [ map { my $message = $_; [ map { signed( $message, $_ ) } @{ $batch->{how} } ] } @{ $batch->{sign} } ],
    }
);
