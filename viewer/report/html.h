/* SPDX-License-Identifier: MIT */
/* The style and script of the HTML report, as C strings that embed.py generates. */
#ifndef AW__REPORT_HTML_H
#define AW__REPORT_HTML_H

extern const char aw__html_style[], aw__html_style_hash[];
extern const char aw__html_script[], aw__html_script_hash[];

#endif
