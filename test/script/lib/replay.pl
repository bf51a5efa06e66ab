#!/usr/bin/perl
# replay.pl commands KIND PAGE: what psql is to execute of a page: its blocks of SQL, or its transcripts, which are blocks
# of statements and what they print.
# replay.pl page KIND PAGE OUTPUT: the page with what psql then printed below each of them, as it should be.
#
# A comment before a block changes how it is taken: "not executed"; "varies", that its numbers differ from time to time;
# "output not shown", that only an ERROR is; "wait until QUERY", that a reader would not be faster.
use strict;
use warnings;

my ($what, $kind, $file, $output) = @ARGV;
my $mark = '=== next';

sub content
{
	my ($name) = @_;
	open my $in, '<', $name or die "$name: $!\n";
	local $/;
	return scalar <$in>;
}

# shape TEXT, VARIES: what has to be the same each time.  Backups are named by the clock, and sizes are the server's.
sub shape
{
	my ($text, $varies) = @_;
	$text =~ s/_backup_\d{8}_\d{6}(?:_\d+)?/_backup_<time>/g;
	$text =~ s/\d\d:\d\d:\d\d\.\d+/<duration>/g;
	$text =~ s/\d+ [kM]B/<size>/g;
	$text =~ s/^-\[ RECORD.*/<record>/mg;
	$text =~ s/\d+(?:[.:]\d+)*/<n>/g, $text =~ s/[#.]{20}/<bar>/g, $text =~ s/[ -]+/ /g if $varies;
	return $text;
}

# statements TRANSCRIPT: each with what it is said to print, and the lines up to the next one
sub statements
{
	my ($text) = @_;
	my @found;
	while ($text =~ s/\A((?:SELECT|CALL|UPDATE|CREATE|INSERT|DELETE|ALTER)\b.*?(?:;|\\gx|\\gset)\n)//s)
	{
		my $sql = $1;
		my ($said, $gap) = $text =~ s/\A(.*?)(\n*)(?=^(?:SELECT|CALL|UPDATE|CREATE|INSERT|DELETE|ALTER)\b|\z)//ms ? ($1, $2) : ('', '');
		$said .= "\n", $gap =~ s/\n// if $said ne '' && $said !~ /\n\z/;
		push @found, {sql => $sql, said => $said, gap => $gap};
	}
	return @found;
}

# Pieces of the page: text, and statements.
my @pieces = ('');
my $page = content($file);
my $remark = qr/(?:<!-- (?:not executed|varies|output not shown|wait until .*) -->\n)*/;
while ($page =~ /\G(.*?)^($remark)```(\w*)\n(.*?)^```\n/gcms)
{
	my ($text, $remarks, $language, $block) = ($1, $2, $3, $4);
	$pieces[-1] .= "$text$remarks```$language\n";
	if ($kind eq 'sql' && $language eq 'sql' && $remarks !~ /not executed/)
	{
		my $said = $page =~ /\G```\n(.*?)^```\n/gcms ? $1 : '';
		push @pieces, {sql => $block, said => $said, remark => $remarks, before => "```\n```\n", after => "```\n", instead => "```\n"}, '';
	}
	elsif ($kind eq 'transcripts' && $language eq '' && (my @statements = statements($block)))
	{
		push @pieces, map { {%$_, remark => $remarks, before => '', after => $_->{gap}, instead => $_->{gap}} } @statements;
		push @pieces, "```\n";
	}
	else
	{
		$pieces[-1] .= "$block```\n";
	}
}
$pieces[-1] .= substr $page, pos $page // 0;

if ($what eq 'commands')
{
	for my $piece (grep { ref } @pieces)
	{
		my ($until) = $piece->{remark} =~ /wait until (.*) -->/;
		print "DO \$wait\$ BEGIN WHILE ($until) IS NOT TRUE LOOP PERFORM pg_sleep(0.02); COMMIT; END LOOP; END \$wait\$;\n"
			if $until;
		print "\\echo $mark\n$piece->{sql}";
	}
	exit;
}

my (undef, @printed) = split /^\Q$mark\E\n/m, content($output);
for my $piece (@pieces)
{
	print($piece), next unless ref $piece;
	my $varies = $piece->{remark} =~ /varies/;
	my $is = (shift @printed // '') =~ s/ +$//mgr;
	$is =~ s/^ \w+\n-+\n\n\n//mg; # of type void
	$is =~ s/\n+\z/\n/, $is =~ s/\A\n+//;
	$is = '' if $piece->{remark} =~ /output not shown/ && $is !~ /^ERROR:/m;
	$is = $piece->{said} if shape($is, $varies) eq shape($piece->{said}, $varies);
	print $piece->{sql}, $is eq '' ? $piece->{instead} : "$piece->{before}$is$piece->{after}";
}
