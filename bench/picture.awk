# Draws the panels of picture.sql's lines as an SVG, two beside each other: bars; lines over logarithmic axes; and levels,
# which are lines over numbers from 0.  Its colours follow the reader's: light or dark.
BEGIN {
	FS = "\t"
	width = 460; gap = 30; margin = 20
	label_width = 204; bar_height = 20; head = 34; plot_height = 170
	split("other ours teal orange purple red", colours, " ")
}

{
	panel = $1
	if (!(panel in kind)) { panels[++panel_count] = panel; kind[panel] = $2; title[panel] = $3 }
	i = ++points[panel]
	series[panel, i] = $4; x[panel, i] = $5; y[panel, i] = $6; ours[panel, i] = $7
	if (i == 1 || $6 > most_y[panel]) most_y[panel] = $6
	if (i == 1 || $6 < least_y[panel]) least_y[panel] = $6
	if (i == 1 || $5 > most_x[panel]) most_x[panel] = $5
	if (i == 1 || $5 < least_x[panel]) least_x[panel] = $5
}

function escaped(text)
{
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	return text
}

function text_at(left, top, class, words)
{
	printf "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>\n", left, top, class, escaped(words)
}

# rounded NUMBER: to three digits
function rounded(number)
{
	return sprintf(number >= 100 ? "%.0f" : number >= 10 ? "%.1f" : number >= 0.1 ? "%.2f" : "%.3f", number)
}

function round_number(number)
{
	return number >= 1000000 ? number / 1000000 " M" : number >= 1000 ? number / 1000 " k" : number
}

function height(panel)
{
	return head + (kind[panel] == "bars" ? points[panel] * bar_height : plot_height + 20)
}

function draw_bars(panel, left, top,    i, room, length_, middle)
{
	room = width - label_width - 44
	for (i = 1; i <= points[panel]; i++) {
		middle = top + head + (i - 0.5) * bar_height
		length_ = most_y[panel] > 0 ? y[panel, i] / most_y[panel] * room : 0
		if (length_ < 1) length_ = 1
		text_at(left + label_width - 8, middle + 4, "label" (ours[panel, i] ? " strong" : ""), series[panel, i])
		printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" class=\"fill-%s\"/>\n",
			left + label_width, middle - 7, length_, 14, ours[panel, i] ? "ours" : "other"
		text_at(left + label_width + length_ + 5, middle + 4, "value", rounded(y[panel, i]))
	}
}

function scaled(value, least, most)
{
	return most > least ? (log(value) - log(least)) / (log(most) - log(least)) : 0.5
}

function across(panel, value, left)
{
	return left + 40 + scaled(value, least_x[panel], most_x[panel]) * (width - 240)
}

function up(panel, value, top,    share)
{
	share = kind[panel] == "levels" ? value / most_y[panel] : scaled(value, least_y[panel], most_y[panel])
	return top + head + plot_height - 8 - share * (plot_height - 16)
}

function draw_axes(panel, left, top,    bottom)
{
	bottom = top + head + plot_height
	printf "<path d=\"M%.1f %.1fV%.1fH%.1f\" class=\"axis\"/>\n", left + 34, top + head, bottom, left + width - 194
	text_at(left + 30, up(panel, most_y[panel], top) + 4, "label", rounded(most_y[panel]))
	if (kind[panel] == "levels") text_at(left + 30, up(panel, 0, top) + 4, "label", 0)
	else text_at(left + 30, up(panel, least_y[panel], top) + 4, "label", rounded(least_y[panel]))
	text_at(left + 40, bottom + 14, "value", round_number(least_x[panel]))
	text_at(left + width - 200, bottom + 14, "label", round_number(most_x[panel]) " rows")
}

# A series is given from its fewest rows to its most.
function draw_lines(panel, left, top,    i, j, number, path, colour)
{
	draw_axes(panel, left, top)
	for (i = 1; i <= points[panel]; i = j) {
		path = "M"
		for (j = i; j <= points[panel] && series[panel, j] == series[panel, i]; j++)
			path = path sprintf(" %.1f %.1f", across(panel, x[panel, j], left), up(panel, y[panel, j], top))
		colour = ours[panel, i] ? colours[++number + 1] : "other"
		printf "<path d=\"%s\" class=\"line line-%s\"/>\n", path, colour
		printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"12\" height=\"4\" class=\"fill-%s\"/>\n", left + width - 180,
			top + head + legend * 20 + 4, colour
		text_at(left + width - 162, top + head + legend++ * 20 + 10, "value", series[panel, i])
	}
	legend = 0
}

function draw(panel, left, top)
{
	text_at(left, top + 16, "title", title[panel])
	if (kind[panel] == "bars") draw_bars(panel, left, top)
	else draw_lines(panel, left, top)
}

function style(scheme, ground, ink, faint, other, hues,    hue, i, rules)
{
	split(hues, hue, " ")
	rules = sprintf(".ground{fill:%s}text{fill:%s}.axis{stroke:%s}", ground, ink, faint)
	rules = rules sprintf(".fill-other{fill:%s}.line-other{stroke:%s}", other, other)
	for (i = 1; i in hue; i++)
		rules = rules sprintf(".fill-%s{fill:%s}.line-%s{stroke:%s}", colours[i + 1], hue[i], colours[i + 1], hue[i])
	print scheme ? "@media (prefers-color-scheme:" scheme "){" rules "}" : rules
}

END {
	for (i = 1; i <= panel_count; i += 2) {
		tops[i] = total + margin
		tall = height(panels[i])
		if (i < panel_count && height(panels[i + 1]) > tall) tall = height(panels[i + 1])
		total += tall + gap
	}
	total += margin
	wide = 2 * (width + margin) + gap
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"", wide, total
	printf " width=\"%d\" height=\"%d\"", wide, total
	print " font-family=\"system-ui,sans-serif\" font-size=\"12\">"
	print "<title>migsafe beside other ways to migrate, to take back, to transform and to test</title>"
	print "<style>"
	print ".title{font-size:14px;font-weight:600}.label{text-anchor:end}.strong{font-weight:600}"
	print ".axis,.line{fill:none}.line{stroke-width:2}"
	style("", "#ffffff", "#1f2328", "#8b949e", "#b1bac4", "#0969da #1a7f74 #bc4c00 #8250df #cf222e")
	style("dark", "#0d1117", "#e6edf3", "#6e7681", "#6e7681", "#4493f8 #39c5b5 #f0883e #ab7df8 #ff7b72")
	print "</style>"
	print "<rect width=\"100%\" height=\"100%\" rx=\"8\" class=\"ground\"/>"
	for (i = 1; i <= panel_count; i++)
		draw(panels[i], margin + (i % 2 ? 0 : width + gap), tops[i % 2 ? i : i - 1])
	print "</svg>"
}
