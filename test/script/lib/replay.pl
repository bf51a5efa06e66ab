#!/usr/bin/perl
# replay.pl commands PAGE: what psql is to execute of a page: its blocks of SQL.
# replay.pl page PAGE OUTPUT: the page with what psql then printed below each of them, as it should be.
#
# A comment before a block changes how it is taken: "varies", that its numbers differ from time to time; "output not
# shown", that only an ERROR is; "wait until QUERY", that a reader would not be faster.
use strict;
use warnings;

my ($what, $file, $output) = @ARGV;
my $mark = '=== block';

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
	$text =~ s/\d+ [kM]B/<size>/g;
	$text =~ s/\d+(?:[.:]\d+)*/<n>/g, $text =~ s/[#.]{20}/<bar>/g, $text =~ s/[ -]+/ /g if $varies;
	return $text;
}

# In turn: text, comment, SQL, output; the last three for each block.
my $comment = qr/(?:<!-- (?:varies|output not shown|wait until .*) -->\n)*/;
my @parts = split /^($comment)```sql\n(.*?)^```\n((?:```\n.*?^```\n)?)/ms, content($file), -1;

if ($what eq 'commands')
{
	for (my $i = 1; $i < @parts; $i += 4)
	{
		my ($until) = $parts[$i] =~ /wait until (.*) -->/;
		print "DO \$wait\$ BEGIN WHILE ($until) IS NOT TRUE LOOP PERFORM pg_sleep(0.02); COMMIT; END LOOP; END \$wait\$;\n"
			if $until;
		print "\\echo $mark\n$parts[$i + 1]";
	}
	exit;
}

my (undef, @printed) = split /^\Q$mark\E\n/m, content($output);
print $parts[0];
for (my $i = 1; $i < @parts; $i += 4)
{
	my ($remark, $sql, $said, $text) = @parts[$i .. $i + 3];
	my $is = (shift @printed // '') =~ s/ +$//mgr =~ s/\n+\z/\n/r =~ s/\A\n+//r;
	$is = '' if $remark =~ /output not shown/ && $is !~ /^ERROR:/m;
	$is = "```\n$is```\n" if $is;
	$is = $said if shape($is, $remark =~ /varies/) eq shape($said, $remark =~ /varies/);
	print "$remark```sql\n$sql```\n$is$text";
}
